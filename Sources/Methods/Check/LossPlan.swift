import LuaBindings
import TensorCore

extension MethodCheck {
  /// The kernels that compute a loss and its derivatives for the batch of the checks, a line an
  /// instruction.
  ///
  /// - Throws: `MethodError` where there is no loss of that name.
  public func kernels(_ name: String) throws -> [String] {
    let probe = LossProbe(loss: try catalogue.loss(name), session: catalogue.session)
    let graph = catalogue.session.graph
    return try catalogue.session.holding {
      let (batch, inputs) = try Self.batch(probe.loss.contract).tensors(graph, .float32)
      let state = try probe.loss.initialState(.float32)
      let loss = try probe.loss.evaluate(
        batch, probe.loss.resolve([:]),
        state: Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) }))
      let value = loss.loss.tensor
      let ones = try graph.full(value.shape, 1, value.dtype)
      let gradients = try graph.gradient(
        of: value, withRespectTo: inputs.map(\.tensor), upstream: ones)
      return try graph.compile(outputs: [value] + gradients).kernelLines
    }
  }

  /// Five rows with log-ratios of either sign.
  static func batch(_ contract: LossContract) -> ProbeBatch {
    ProbeBatch(
      contract, [0.7, -1.3, 2.15, 0.4, -0.65], [-0.2, 0.8, 1.4, -2.2, 0.1], offset: -1.37)
  }
}
