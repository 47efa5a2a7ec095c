import LuaBindings
import TensorCore

/// Which fields of a batch a loss makes use of.
public struct LossReads {
  /// Such as `chosen.logratio`; a log-ratio stands for both log-probabilities it comes from.
  public let paths: Set<String>

  /// Records the loss on a small batch.
  ///
  /// - Parameters:
  ///   - loss: of any kind.
  ///   - values: of its parameters.
  ///   - columns: numbers of the data beside those the loss declares.
  ///   - session: in which it was declared.
  /// - Throws: `LuaError` from the script.
  public init(
    of loss: MethodLoss, _ values: [String: ParameterValue], columns: [String],
    in session: ScriptSession
  ) throws {
    paths = try session.holding {
      let graph = session.graph
      let fields = try RecordedBatch(
        loss.contract, .init(rows: 2, tokens: 3), columns: columns, keepsRatios: false, graph)
      let parameters = try loss.resolve(values)
      let state = try loss.initialState(.float64)
      let result = try loss.capture(
        fields.batch, parameters,
        state: Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) }),
        as: "training", step: graph.hyperparameter(0))
      let outputs =
        [result.loss.tensor] + (result.state + result.metrics).map(\.value.tensor)
      return withExtendedLifetime((fields, parameters)) {
        var found: Set<String> = []
        for (name, leaf) in fields.named {
          guard case .input(let path) = name else { continue }
          if outputs.contains(where: { graph.depends($0, on: leaf) }) { found.insert(path) }
        }
        return found
      }
    }
  }
}
