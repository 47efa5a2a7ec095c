/// What a composite operation was called with, checked against its parameters.
public struct Arguments {
  /// One argument in Swift's terms: axes and indices 0-based, negative ones not yet resolved.
  public enum Value {
    case missing
    case tensor(Tensor)
    case tensors([Tensor])
    case integers([Int])
    case number(Double)
    case flag(Bool)
    case text(String)
  }

  /// The operation, for errors.
  public let operation: String
  /// Where results are built.
  public let graph: Graph
  let values: [Value]

  public init(_ operation: String, _ graph: Graph, _ values: [Value]) {
    self.operation = operation
    self.graph = graph
    self.values = values
  }

  /// Whether the argument was given.
  public func has(_ index: Int) -> Bool {
    guard index < values.count else { return false }
    if case .missing = values[index] { return false }
    return true
  }

  /// A tensor.
  public func tensor(_ index: Int) throws -> Tensor {
    guard has(index), case .tensor(let tensor) = values[index] else {
      throw mismatch(index, "a tensor")
    }
    return tensor
  }

  /// A tensor, or nil when the argument is missing.
  public func optionalTensor(_ index: Int) throws -> Tensor? {
    has(index) ? try tensor(index) : nil
  }

  /// A list of tensors.
  public func tensors(_ index: Int) throws -> [Tensor] {
    guard has(index), case .tensors(let list) = values[index] else {
      throw mismatch(index, "a list of tensors")
    }
    return list
  }

  /// A list of integers, or nil when the argument is missing.
  public func integers(_ index: Int) throws -> [Int]? {
    guard has(index) else { return nil }
    guard case .integers(let list) = values[index] else {
      throw mismatch(index, "an integer or a list of integers")
    }
    return list
  }

  /// One integer, or `fallback` when the argument is missing.
  public func integer(_ index: Int, default fallback: Int? = nil) throws -> Int {
    if let list = try integers(index) {
      guard list.count == 1 else { throw mismatch(index, "one integer") }
      return list[0]
    }
    guard let fallback else { throw mismatch(index, "an integer") }
    return fallback
  }

  /// A number, or `fallback` when the argument is missing.
  public func number(_ index: Int, default fallback: Double? = nil) throws -> Double {
    guard has(index) else {
      guard let fallback else { throw mismatch(index, "a number") }
      return fallback
    }
    switch values[index] {
    case .number(let number): return number
    case .integers(let list) where list.count == 1: return Double(list[0])
    case .tensor(let tensor):
      if let number = tensor.constant { return number }
      throw mismatch(index, "a plain number, known when the operation is called")
    default: throw mismatch(index, "a number")
    }
  }

  /// A number as a tensor, or `fallback`: it may be a hyperparameter, which a captured plan
  /// reads anew at each run.
  public func scalar(_ index: Int, default fallback: Double? = nil) throws -> Tensor {
    if has(index), case .tensor(let tensor) = values[index] { return tensor }
    return graph.weak(try number(index, default: fallback))
  }

  /// A number as a tensor, or nil when the argument is missing.
  public func optionalScalar(_ index: Int) throws -> Tensor? {
    has(index) ? try scalar(index) : nil
  }

  /// True or false, or `fallback` when the argument is missing.
  public func flag(_ index: Int, default fallback: Bool = false) throws -> Bool {
    guard has(index) else { return fallback }
    guard case .flag(let flag) = values[index] else { throw mismatch(index, "true or false") }
    return flag
  }

  /// A string, or `fallback` when the argument is missing.
  public func text(_ index: Int, default fallback: String? = nil) throws -> String {
    if has(index), case .text(let text) = values[index] { return text }
    guard !has(index), let fallback else { throw mismatch(index, "a string") }
    return fallback
  }

  private func mismatch(_ index: Int, _ expected: String) -> TensorError {
    TensorError(operation, "argument \(index + 1) must be \(expected)")
  }
}

extension Operation {
  /// Calls the operation as a script does: indices in tensors count from 1. There is a value
  /// for each parameter; missing ones at the end may be left out. Most return one tensor.
  public func call(_ values: [Arguments.Value], in graph: Graph) throws -> [Tensor] {
    let arguments = Arguments(name, graph, values)
    if case .composite(let build) = body { return try build(arguments) }
    let ids = try parameters.indices.map { try arguments.tensor($0).id }
    guard let op = Catalogue.rows[name], let first = ids.first else {
      throw TensorError(name, "takes no tensors and cannot be called")
    }
    let result = try graph.emit(
      op, first, ids.count > 1 ? ids[1] : nil, ids.count > 2 ? ids[2] : nil,
      ids.count > 3 ? ids[3] : nil)
    return [Tensor(graph, result)]
  }
}
