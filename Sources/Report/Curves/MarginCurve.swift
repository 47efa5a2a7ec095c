import LuaBindings
import LuaRuntime
import TensorCore

/// A loss and its derivative along the margin, in float64.
///
/// The margin is what a row's completions are told apart by: of pairs the difference of the
/// log-ratios of policy to reference, of single completions the log-ratio, of preference models
/// the difference of rewards, of groups that between the member with the greatest reward and the
/// one with the least. Log-ratios are spread over chosen and rejected evenly, over the members of
/// a group as their rewards are, and over the tokens of a completion. Other models, other prompts
/// and other completions have the reference's log-probabilities; whatever else a loss needs is
/// 0.5, and its name says so.
public struct MarginCurve: Sendable {
  /// What the curve is called.
  public let name: String
  /// Horizontal places.
  public let margins: [Double]
  /// The loss at each.
  public let values: [Double]
  /// Its derivative by the margin at each.
  public let slopes: [Double]

  /// Tokens of every completion.
  static let tokens = 8
  /// Rewards of the members of a group.
  static let rewards = [1, 1.0 / 3, -1.0 / 3, -1]

  /// Computes the curves of a loss: one, or of unpaired losses one for each label.
  ///
  /// - Parameters:
  ///   - loss: any loss or preference model.
  ///   - values: its parameters; defaults where not given.
  ///   - margins: where to compute it.
  ///   - name: what it is called in legends.
  ///   - session: where its script runs.
  /// - Returns: Curves in the order of the legend.
  /// - Throws: `LuaError` or `DeclarationError` from the loss.
  public static func curves(
    _ loss: MethodLoss, _ values: [String: ParameterValue], margins: [Double], name: String,
    in session: ScriptSession
  ) throws -> [MarginCurve] {
    let others = MarginBatch.others(loss.contract)
    let name = others.isEmpty ? name : "\(name) [\(others.joined(separator: ", ")) 0.5]"
    guard loss.contract.kind == .unpaired else {
      return [try curve(loss, values, margins, name, label: nil, session)]
    }
    return try [(1.0, "desirable"), (0.0, "undesirable")].map { label, word in
      try curve(loss, values, margins, "\(name), \(word)", label: label, session)
    }
  }

  private static func curve(
    _ loss: MethodLoss, _ values: [String: ParameterValue], _ margins: [Double], _ name: String,
    label: Double?, _ session: ScriptSession
  ) throws -> MarginCurve {
    let parameters = try loss.resolve(values)
    // A loss over the whole batch sees each margin alone.
    let parts = loss.contract.reduction == .batch ? margins.map { [$0] } : [margins]
    var (losses, slopes): ([Double], [Double]) = ([], [])
    for part in parts {
      let point = try evaluate(loss, parameters, part, label, reference(margins), session)
      losses += point.values
      slopes += point.slopes
    }
    return MarginCurve(name: name, margins: margins, values: losses, slopes: slopes)
  }

  /// Low enough that no completion has a probability above 1.
  private static func reference(_ margins: [Double]) -> Double {
    -20 - (margins.map(abs).max() ?? 0)
  }

  private static func evaluate(
    _ loss: MethodLoss, _ parameters: ResolvedParameters, _ margins: [Double], _ label: Double?,
    _ reference: Double, _ session: ScriptSession
  ) throws -> (values: [Double], slopes: [Double]) {
    try session.holding {
      let graph = session.graph
      let margin = try graph.tensor(margins, shape: [margins.count])
      let isNew = graph.track(margin)
      defer { if isNew { graph.untrack(margin) } }
      let state = try loss.initialState(.float64)
      let held = state.map { Handle($0.value) } + [Handle(margin)]
      defer { withExtendedLifetime(held) {} }
      let batch = try MarginBatch(
        margin, loss.contract, label: label, reference: reference
      ).batch
      let result = try loss.evaluate(
        batch, parameters,
        state: Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) }))
      let value = Handle(result.loss.tensor)
      let ones = try graph.full(value.tensor.shape, 1, value.tensor.dtype)
      let slope = Handle(
        try graph.gradient(of: value.tensor, withRespectTo: [margin], upstream: ones)[0])
      try graph.realize([value.tensor, slope.tensor])
      return (try value.tensor.doubles(), try slope.tensor.doubles())
    }
  }
}
