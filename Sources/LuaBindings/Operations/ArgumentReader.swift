import LuaRuntime
import Notation
import TensorCore

/// Reads what a script gave to an operation, by the operation's parameters.
///
/// Arguments come by position; a trailing table with names, as in `x:sum { axis = 1 }`, gives
/// the rest. Axes count from 1, or from the end when negative.
struct ArgumentReader {
  let operation: Operation
  let context: ScriptContext

  private var parameters: [Parameter] { operation.parameters }

  /// The arguments in Swift's terms.
  ///
  /// - Throws: `TensorError` naming the parameter and what was expected.
  func read(_ given: [LuaValue]) throws -> Arguments {
    var positional = given
    var values = [Arguments.Value](repeating: .missing, count: parameters.count)
    if let table = given.last?.tableValue, isOptions(table) {
      positional.removeLast()
      try readOptions(table, into: &values)
    }
    while positional.last == .nil { positional.removeLast() }
    try readPositional(positional, into: &values)
    for (index, parameter) in parameters.enumerated() where !parameter.isOptional {
      if case .missing = values[index] {
        throw failure("needs \(parameter.name), \(Self.describe(parameter.kind))")
      }
    }
    return Arguments(operation.name, context.graph, values)
  }

  /// A table of names only; a list of tensors or extents is none.
  private func isOptions(_ table: LuaTable) -> Bool {
    table.items.isEmpty && !table.fields.isEmpty && table.fields.count == table.names.count
  }

  private func readOptions(_ table: LuaTable, into values: inout [Arguments.Value]) throws {
    for name in table.names {
      guard let index = parameters.firstIndex(where: { $0.name == name }) else {
        throw failure(
          "has no option \"\(name)\"\(NearestName.hint(name, in: parameters.map(\.name)))")
      }
      values[index] = try read(table[name], parameters[index])
    }
  }

  private func readPositional(
    _ given: [LuaValue], into values: inout [Arguments.Value]
  ) throws {
    var rest = given[...]
    for (index, parameter) in parameters.enumerated() where !rest.isEmpty {
      if case .missing = values[index] {
        let isGreedy = parameters[(index + 1)...].allSatisfy { !$0.takesNumbers }
        values[index] = try take(parameter, &rest, all: isGreedy)
      }
    }
    if !rest.isEmpty {
      throw failure("takes \(parameters.count) arguments, got \(given.count)")
    }
  }

  /// Takes one argument, or for a shape, axes or integers all the integers that follow, unless
  /// they may be meant for a later parameter: `x:permute(2, 1)`, but `x:roll(1, 2)`.
  private func take(
    _ parameter: Parameter, _ rest: inout ArraySlice<LuaValue>, all: Bool
  ) throws -> Arguments.Value {
    guard let first = rest.popFirst() else { return .missing }
    let isList = [.shape, .axes, .integers].contains(parameter.kind)
    guard all, isList, first.integerValue != nil else { return try read(first, parameter) }
    var list = [first]
    while let next = rest.first, next.integerValue != nil {
      list.append(next)
      rest.removeFirst()
    }
    return try read(.table(LuaTable(items: list)), parameter)
  }

  private func read(_ value: LuaValue, _ parameter: Parameter) throws -> Arguments.Value {
    if value == .nil {
      if parameter.isOptional { return .missing }
      throw mismatch(parameter, value)
    }
    switch parameter.kind {
    case .tensor:
      if let tensor = context.operand(value) { return .tensor(tensor) }
    case .tensors:
      if let list = value.tableValue?.items { return .tensors(try list.map(element(parameter))) }
    case .axis:
      if let axis = value.integerValue { return .integers([try zeroBased(axis, parameter)]) }
    case .axes:
      if let list = integers(value) {
        return .integers(try list.map { try zeroBased($0, parameter) })
      }
    case .shape:
      if let list = integers(value) {
        guard list.count <= CreationOptions.mostAxes else {
          throw failure("\(list.count) axes, at most \(CreationOptions.mostAxes)")
        }
        return .integers(try list.map { try extent($0) })
      }
    case .integer, .integers:
      if let list = integers(value) { return .integers(list) }
    case .number:
      if let number = value.numberValue { return .number(number) }
      if let tensor = context.tensor(value) { return .tensor(tensor) }
    case .flag:
      if case .boolean(let flag) = value { return .flag(flag) }
    case .text:
      if let text = value.stringValue { return .text(text) }
    }
    throw mismatch(parameter, value)
  }

  private func element(_ parameter: Parameter) -> (LuaValue) throws -> Tensor {
    { value in
      guard let tensor = context.operand(value) else { throw mismatch(parameter, value) }
      return tensor
    }
  }

  private func integers(_ value: LuaValue) -> [Int]? {
    if let single = value.integerValue { return [single] }
    guard let items = value.tableValue?.items else { return nil }
    let list = items.compactMap(\.integerValue)
    return list.count == items.count ? list : nil
  }

  private func zeroBased(_ axis: Int, _ parameter: Parameter) throws -> Int {
    guard axis != 0 else { throw failure("\(parameter.name) 0: axes count from 1") }
    return axis > 0 ? axis - 1 : axis
  }

  /// An extent; -1 stands for whatever fits, where the operation allows it.
  private func extent(_ value: Int) throws -> Int {
    guard value >= -1 else { throw failure("an extent of \(value) is negative") }
    return value
  }

  private func mismatch(_ parameter: Parameter, _ value: LuaValue) -> TensorError {
    let what = context.tensor(value).map { "a tensor \($0.shape)" } ?? value.typeName
    return failure(
      "\(parameter.name) must be \(Self.describe(parameter.kind)), got \(what)")
  }

  private func failure(_ message: String) -> TensorError {
    TensorError(operation.name, message)
  }

  private static func describe(_ kind: Parameter.Kind) -> String {
    switch kind {
    case .tensor: "a tensor or a number"
    case .tensors: "a list of tensors"
    case .axis: "an axis"
    case .axes: "an axis or a list of axes"
    case .shape: "a list of extents"
    case .integer: "an integer"
    case .integers: "an integer or a list of integers"
    case .number: "a number"
    case .flag: "true or false"
    case .text: "a string"
    }
  }
}

extension Parameter {
  /// Whether a bare number can be meant for it.
  fileprivate var takesNumbers: Bool {
    [.axis, .axes, .shape, .integer, .integers, .number].contains(kind)
  }
}
