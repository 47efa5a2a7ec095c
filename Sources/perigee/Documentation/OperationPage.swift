import TensorCore

/// The documentation of one operation, from its declaration.
struct OperationPage {
  private let operation: Operation
  private let example: OperationExample?

  /// The page of an operation with an example of it, where one is known.
  init(_ operation: Operation, _ example: OperationExample?) {
    self.operation = operation
    self.example = example
  }

  func lines(_ terminal: Terminal) -> [String] {
    var lines = [terminal.styled(signature, .bold), "  \(operation.summary)"]
    let width = operation.parameters.map(\.name.count).max() ?? 0
    for parameter in operation.parameters {
      let space = String(repeating: " ", count: width - parameter.name.count)
      lines.append("  \(parameter.name)\(space)  \(Self.text(parameter))")
    }
    if let ulp = operation.ulp {
      let bound = ulp == ulp.rounded() ? String(Int(ulp)) : String(ulp)
      lines.append("  error in float32: at most \(bound) units in the last place")
    }
    if !operation.spelling.torch.isEmpty { lines.append("  PyTorch: \(operation.spelling.torch)") }
    guard let example else { return lines }
    lines += section("shapes", [example.shapes], terminal)
    lines += section("errors", example.errors, terminal)
    let result = example.result.split(separator: "\n").map(String.init)
    return lines + section("example", ["> " + example.call] + result, terminal)
  }

  /// How it is written elsewhere, and the graph that the example makes.
  func sourceLines(_ terminal: Terminal) -> [String] {
    let spelling = operation.spelling
    let others = [("PyTorch", spelling.torch), ("JAX", spelling.jax), ("LaTeX", spelling.latex)]
      .filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
    return lines(terminal) + section("elsewhere", others, terminal)
      + section("graph of the example", example?.graph ?? [], terminal)
  }

  private func section(_ title: String, _ items: [String], _ terminal: Terminal) -> [String] {
    items.isEmpty ? [] : [terminal.styled(title, .cyan)] + items.map { "  \($0)" }
  }

  /// `pg.sum(x [, axes])`, and `x:sum([axes])` where the first operand is a tensor.
  private var signature: String {
    let name = operation.name
    let plain = "pg.\(name)(\(Self.list(operation.parameters[...])))"
    guard let first = operation.parameters.first, first.kind == .tensor else { return plain }
    return plain + "   \(first.name):\(name)(\(Self.list(operation.parameters.dropFirst())))"
  }

  private static func list(_ parameters: ArraySlice<Parameter>) -> String {
    var text = ""
    for (index, parameter) in parameters.enumerated() {
      let comma = index == 0 ? "" : ", "
      text += parameter.isOptional ? "[\(comma)\(parameter.name)]" : comma + parameter.name
    }
    return text
  }

  private static func text(_ parameter: Parameter) -> String {
    let kind =
      switch parameter.kind {
      case .tensor: "tensor or number"
      case .tensors: "list of tensors"
      case .axis: "axis, from 1, negative from the end"
      case .axes: "axis or list of axes, from 1; all where left out"
      case .shape: "extents"
      case .integer: "integer"
      case .integers: "list of integers"
      case .number: "number"
      case .flag: "true or false"
      case .text: "string"
      }
    return parameter.isOptional ? kind + ", optional" : kind
  }
}
