import LuaBindings
import TensorCore

/// A batch made of plain numbers, each column by its path: `chosen.log_prob`, `label`,
/// `column.NAME`.
public struct ProbeColumns: Codable, Sendable, Equatable {
  /// Numbers by path, all of one length.
  public var columns: [String: [Double]]
  /// Paths of the columns that the loss is differentiated by.
  public var inputs: [String]
  /// Where above 0, sides have token log-probabilities: the sums spread evenly over so many
  /// tokens, all scored.
  public var tokens: Int

  /// A batch.
  public init(columns: [String: [Double]], inputs: [String], tokens: Int = 0) {
    self.columns = columns
    self.inputs = inputs
    self.tokens = tokens
  }

  /// Pairs with given log-ratios of policy to reference, all probabilities at most 1.
  public static func pairs(_ chosen: [Double], _ rejected: [Double]) -> ProbeColumns {
    var columns: [String: [Double]] = [:]
    for (side, ratios) in [("chosen", chosen), ("rejected", rejected)] {
      columns["\(side).log_prob"] = ratios.map { base + min($0, 0) }
      columns["\(side).ref_log_prob"] = ratios.map { base - max($0, 0) }
      columns["\(side).length"] = ratios.map { _ in 4 }
    }
    return ProbeColumns(columns: columns, inputs: ["chosen.log_prob", "rejected.log_prob"])
  }

  /// Sums of log-probabilities where the ratio is 0.
  private static let base = -40.0

  /// Length of the columns.
  public var rows: Int { columns.values.first?.count ?? 0 }

  /// An input of the loss and its tensor.
  public struct Input {
    /// As in `inputs`.
    public let path: String
    /// Its leaf, kept alive.
    public let tensor: Handle
  }

  /// The batch as a loss is given it, and the leaves to differentiate by, sorted by path.
  ///
  /// - Throws: `EvaluationFailure` for columns of different lengths or without a place.
  public func tensors(_ graph: Graph, _ dtype: DType) throws -> (LossBatch, [Input]) {
    var batch = LossBatch()
    var found: [Input] = []
    for path in columns.keys.sorted() {
      let numbers = columns[path] ?? []
      guard numbers.count == rows else {
        throw EvaluationFailure(.garbage, "\(path) has \(numbers.count) rows, not \(rows)")
      }
      let leaf =
        dtype == .float64
        ? graph.tensor(numbers) : graph.tensor(numbers.map { Float($0) })
      guard batch.set(path, leaf) else {
        throw EvaluationFailure(.garbage, "a batch has no \"\(path)\"")
      }
      if inputs.contains(path) { found.append(Input(path: path, tensor: Handle(leaf))) }
    }
    guard found.count == inputs.count else {
      throw EvaluationFailure(.garbage, "an input has no column")
    }
    if tokens > 0 {
      for side in [\LossBatch.chosen, \.rejected, \.completion, \.mismatched] {
        try batch[keyPath: side]?.spread(over: tokens)
      }
    }
    return (batch, found)
  }
}

extension LossBatch {
  /// Puts a tensor where its path says; false where there is no such place.
  fileprivate mutating func set(_ path: String, _ tensor: Tensor) -> Bool {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return set(field: path, tensor) }
    if parts[0] == "column" {
      columns[parts[1]] = tensor
      return true
    }
    let sides: [String: WritableKeyPath<LossBatch, Side?>] = [
      "chosen": \.chosen, "rejected": \.rejected, "completion": \.completion,
      "mismatched": \.mismatched,
    ]
    guard let place = sides[parts[0]] else { return false }
    var side = self[keyPath: place] ?? Side()
    guard side.set(parts[1], tensor) else { return false }
    self[keyPath: place] = side
    return true
  }

  private mutating func set(field: String, _ tensor: Tensor) -> Bool {
    switch field {
    case "label": label = tensor
    case "weight": weight = tensor
    case "margin": margin = tensor
    case "group": group = tensor
    default: return false
    }
    return true
  }
}

extension LossBatch.Side {
  fileprivate mutating func set(_ field: String, _ tensor: Tensor) -> Bool {
    switch field {
    case "log_prob": logProb = tensor
    case "ref_log_prob": refLogProb = tensor
    case "logratio": logratio = tensor
    case "length": length = tensor
    case "reward": reward = tensor
    default: return false
    }
    return true
  }

  /// Token log-probabilities that sum to those of the completion.
  fileprivate mutating func spread(over tokens: Int) throws {
    guard let logProb, let refLogProb else { return }
    let graph = logProb.graph
    let shape = Shape([logProb.shape.count, tokens])
    let share = graph.scalar(1 / Double(tokens), logProb.dtype)
    func spread(_ sums: Tensor) throws -> Tensor {
      try (sums * share).reshape(to: [sums.shape.count, 1]).expand(to: shape)
    }
    tokenLogProbs = try spread(logProb)
    refTokenLogProbs = try spread(refLogProb)
    mask = try graph.full(shape, 1, logProb.dtype)
  }
}
