import TensorCore

/// A table of vectors looked up by index: int64 `[...]`, 0-based, to `[..., width]`.
public struct Embedding: Sendable {
  let weight: Parameter

  /// Declares a table `[count, width]` under `name.weight`.
  public init(
    _ name: String, count: Int, width: Int, initial: InitialValue = .normal(deviation: 1),
    in layout: inout ParameterLayout
  ) throws {
    weight = try layout.declare("\(name).weight", [count, width], initial: initial)
  }

  /// The rows of the table at `ids`; ids outside the table are an error when run.
  public func callAsFunction(_ ids: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try pass[weight].gatherRows(ids)
  }

  /// The table as an output layer: `[..., width]` to one score for each entry, `[..., count]`.
  public func scores(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try x.matmul(pass[weight], transposeRight: true)
  }
}
