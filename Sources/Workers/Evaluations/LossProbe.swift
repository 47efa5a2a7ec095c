import LuaBindings
import LuaRuntime
import TensorCore

/// The loss of a candidate on given batches, with its derivatives.
///
/// What discovery looks at first: signatures, signs, finiteness, cost are all read off these
/// numbers by the parent.
public struct LossProbe: Evaluation {
  /// The name on the pipe.
  public static let kind = "probe"

  /// Lua source that returns `pg.loss { ... }` or `pg.preference_model { ... }`.
  public var source: String
  /// Values of parameters; the others are the declared defaults.
  public var parameters: [String: ParameterNumber]
  /// Batches, looked at one after the other with fresh state.
  public var batches: [ProbeColumns]
  /// `float32` or `float64`.
  public var dtype: String
  /// Whether the loss is recorded as for training: twice, with looking at values forbidden, so
  /// that one that depends on anything else is refused.
  public var isRecorded: Bool

  /// A probe in double precision unless told otherwise.
  public init(
    source: String, parameters: [String: ParameterNumber] = [:], batches: [ProbeColumns],
    dtype: String = "float64", isRecorded: Bool = true
  ) {
    self.source = source
    self.parameters = parameters
    self.batches = batches
    self.dtype = dtype
    self.isRecorded = isRecorded
  }

  /// What a batch gave.
  public struct BatchAnswer: Codable, Sendable, Equatable {
    /// The loss of each row; of the batch where the method says so.
    public var losses: [Double]
    /// Derivatives of the losses' sum by each input, by its path.
    public var gradients: [String: [Double]]
  }

  /// What the batches gave.
  public struct Answer: Codable, Sendable, Equatable {
    /// In the order of the request.
    public var batches: [BatchAnswer]
    /// Nodes of the graph of the first batch's loss, derivatives not included.
    public var nodeCount: Int
  }

  /// A loss to try things with.
  public static let example = """
    local pg = require "perigee"
    return pg.loss {
      kind = "pairwise",
      params = { beta = pg.positive(0.1) },
      compute = function(batch, p)
        return -pg.log_sigmoid(p.beta * (batch.chosen.logratio - batch.rejected.logratio))
      end,
    }
    """

  /// Does it, in the worker.
  public func answer(on bench: CandidateBench) throws -> Answer {
    guard let type = DType(name: dtype), type.isFloating else {
      throw EvaluationFailure(.garbage, "\"\(dtype)\" is no type of losses")
    }
    let loss = try bench.loss(source)
    let given = parameters.mapValues(\.value)
    var answer = Answer(batches: [], nodeCount: 0)
    for batch in batches {
      let (result, nodes) = try bench.session.holding {
        try look(loss, batch, given, type, bench.session)
      }
      answer.batches.append(result)
      if answer.batches.count == 1 { answer.nodeCount = nodes }
    }
    return answer
  }

  private func look(
    _ loss: MethodLoss, _ columns: ProbeColumns, _ given: [String: ParameterValue],
    _ type: DType, _ session: ScriptSession
  ) throws -> (BatchAnswer, nodes: Int) {
    let graph = session.graph
    let (batch, inputs) = try columns.tensors(graph, type)
    for input in inputs { _ = graph.track(input.tensor.tensor) }
    let state = try loss.initialState(type)
    let held = state.map { Handle($0.value) }
    defer { withExtendedLifetime((inputs, held)) {} }
    let values = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) })
    let resolved = try loss.resolve(given)
    let before = graph.liveNodes
    let result =
      isRecorded
      ? try loss.capture(
        batch, resolved, state: values, as: "probe", step: graph.scalar(0, .int64))
      : try loss.evaluate(batch, resolved, state: values)
    let nodes = graph.liveNodes - before
    let value = result.loss.tensor
    let ones = try graph.full(value.shape, 1, value.dtype)
    let parts = try graph.gradient(
      of: value, withRespectTo: inputs.map(\.tensor.tensor), upstream: ones
    ).map(Handle.init)
    try graph.realize([value] + parts.map(\.tensor))
    var gradients: [String: [Double]] = [:]
    for (input, part) in zip(inputs, parts) {
      gradients[input.path] = try part.tensor.doubles()
    }
    return (BatchAnswer(losses: try value.doubles(), gradients: gradients), nodes)
  }

  /// What is wrong with an answer, or nil.
  public func objection(to answer: Answer) -> String? {
    guard answer.batches.count == batches.count else {
      return "\(answer.batches.count) answers for \(batches.count) batches"
    }
    guard answer.nodeCount >= 0 else { return "a graph of \(answer.nodeCount) nodes" }
    for (batch, result) in zip(batches, answer.batches) {
      guard result.losses.count == batch.rows || result.losses.count == 1 else {
        return "\(result.losses.count) losses for \(batch.rows) rows"
      }
      guard Set(result.gradients.keys) == Set(batch.inputs) else {
        return "derivatives by \(result.gradients.keys.sorted())"
      }
      guard result.gradients.values.allSatisfy({ $0.count == batch.rows }) else {
        return "derivatives of another length than the batch"
      }
    }
    return nil
  }
}

/// A parameter's value on the pipe.
public enum ParameterNumber: Codable, Sendable, Equatable {
  /// A real number or an integer.
  case number(Double)
  /// One of a list of words.
  case text(String)
  /// True or false.
  case flag(Bool)

  var value: ParameterValue {
    switch self {
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .flag(let flag): .flag(flag)
    }
  }
}
