import TensorCore
import TestSupport

/// One case of `ops.json` as a call of an operation of the catalogue.
struct GoldenCall {
  /// The case's name without its variant: "exp" of "exp/edge".
  let name: String
  let golden: GoldenCase
  let graph = Graph()
  /// Differentiable inputs by name.
  private(set) var leaves: [String: Tensor] = [:]

  init(_ golden: GoldenCase) throws {
    self.golden = golden
    name = String(golden.name.prefix { $0 != "/" })
    for (key, value) in golden.inputs where key != "w" {
      leaves[key] = try graph.tensor(value.numbers, shape: Shape(value.dims))
    }
  }

  /// Weights of the elements of the result in the loss.
  func weights(like output: Tensor) throws -> Tensor {
    guard let value = golden.inputs["w"] else { return try graph.full(output.shape, 1, .float64) }
    return try graph.tensor(value.numbers, shape: Shape(value.dims))
  }

  /// The inputs in the order in which operations take them.
  var ordered: [Tensor] {
    let order = "x a q p n k s v w_ g b y t c z m".split(separator: " ").map(String.init)
    return leaves.sorted {
      (order.firstIndex(of: $0.key) ?? 99, $0.key) < (order.firstIndex(of: $1.key) ?? 99, $1.key)
    }.map(\.value)
  }

  /// The results of the call.
  func results() throws -> [Tensor] {
    if let special = GoldenCall.special[name] { return try special(self) }
    let known = GoldenCall.renamed[name] ?? (name, [:])
    return try call(known.operation, known.options)
  }

  /// Calls an operation with the inputs and with the case's parameters where it has them.
  func call(
    _ operation: String, _ options: [String: Arguments.Value] = [:], inputs: [Tensor]? = nil
  ) throws -> [Tensor] {
    guard let row = Catalogue.named(operation) else {
      throw TensorError(operation, "no such operation")
    }
    var left = (inputs ?? ordered)[...]
    let values = try row.parameters.map { parameter in
      if let fixed = options[parameter.name] { return fixed }
      if parameter.kind == .tensors {
        defer { left = [] }
        return Arguments.Value.tensors(Array(left))
      }
      if let given = try value(of: parameter) { return given }
      if isAlongLastAxis(parameter) { return .integers([-1]) }
      if let usual = options[parameter.name + "?"] { return usual }
      if parameter.kind == .tensor, let next = left.popFirst() { return .tensor(next) }
      return .missing
    }
    return try row.call(values, in: graph)
  }

  /// Whether the case, which names no axis, must mean the last one.
  private func isAlongLastAxis(_ parameter: Parameter) -> Bool {
    guard ["axis", "axes"].contains(parameter.name) else { return false }
    let rank = ordered.first?.rank ?? 0
    return !parameter.isOptional || (rank > 1 && golden["out"]?.dims.count == rank - 1)
  }

  /// The case's value for a parameter, under any of the names it goes by.
  private func value(of parameter: Parameter) throws -> Arguments.Value? {
    let names = [parameter.name] + (GoldenCall.aliases[parameter.name] ?? [])
    guard let name = names.first(where: { golden.params[$0] != nil }),
      let value = golden.params[name]
    else { return nil }
    switch parameter.kind {
    case .tensor where ["index", "target", "segment"].contains(parameter.name):
      // Scripts count from 1; the label to be ignored is no index.
      let numbers = value.numbers.map { Int64($0 == -100 ? -100 : $0 + 1) }
      return .tensor(try graph.tensor(numbers, shape: Shape(value.dims)))
    case .tensor where parameter.name == "mask":
      return .tensor(try graph.tensor(value.numbers.map { $0 != 0 }, shape: Shape(value.dims)))
    case .tensor where value.dims.isEmpty: return .tensor(graph.weak(value.numbers[0]))
    case .tensor: return .tensor(try graph.tensor(value.numbers, shape: Shape(value.dims)))
    case .integer where ["index", "start"].contains(parameter.name):
      return .integers(value.integers.map { $0 < 0 ? $0 : $0 + 1 })
    case .axis, .axes, .integer, .integers, .shape: return .integers(value.integers)
    case .number where name == "unbiased": return .number(value.flag == false ? 0 : 1)
    case .number: return value.number.map { .number($0) }
    case .flag: return .flag(value.flag ?? (value.number != 0))
    case .text: return value.text.map { .text($0) }
    case .tensors: return nil
    }
  }
}
