import LuaBindings
import TensorCore

/// A batch made of plain numbers, to look at a loss from outside.
struct ProbeBatch {
  /// A field by its path, such as `chosen.log_prob`.
  struct Field {
    let path: String
    var values: [Double]
    /// Whether the loss is differentiated by it.
    let isInput: Bool
  }

  var fields: [Field] = []
  let rows: Int

  /// Sums of log-probabilities where the ratio is 0.
  static let baseLogProb = -40.0
  /// Tokens that a row has room for; the rejected side has one less.
  static let width = 4

  /// Rows with given log-ratios of policy to reference, all probabilities at most 1.
  ///
  /// - Parameters:
  ///   - kind: what a row is; the first ratios are of the chosen side or the completion.
  ///   - first: log-ratios, or rewards of a preference model.
  ///   - second: the same of the rejected side or the mismatched completion.
  ///   - offset: added to the log-probabilities of the rejected side, policy and reference.
  init(
    _ kind: LossContract.Kind, _ first: [Double], _ second: [Double], offset: Double = 0
  ) {
    rows = first.count
    switch kind {
    case .pairwise:
      addSide("chosen", first)
      addSide("rejected", second, base: Self.baseLogProb + offset)
    case .preference:
      add("chosen.reward", first)
      add("rejected.reward", second)
    case .unpaired:
      addSide("completion", first)
      addSide("mismatched", second, isInput: false)
      add("label", first.indices.map { $0 % 2 == 0 ? 1 : 0 }, isInput: false)
    case .token, .groupwise:
      addSide("completion", first)
    }
  }

  private mutating func addSide(
    _ name: String, _ ratios: [Double], base: Double = baseLogProb, isInput: Bool = true
  ) {
    add("\(name).log_prob", ratios.map { base + min($0, 0) }, isInput: isInput)
    add("\(name).ref_log_prob", ratios.map { base - max($0, 0) }, isInput: isInput)
    let length = Double(name == "rejected" ? Self.width - 1 : Self.width)
    add("\(name).length", ratios.map { _ in length }, isInput: false)
  }

  private mutating func add(_ path: String, _ values: [Double], isInput: Bool = true) {
    fields.append(Field(path: path, values: values, isInput: isInput))
  }

  /// The batch as tensors of a type, and the leaves to differentiate by.
  func tensors(_ graph: Graph, _ dtype: DType) throws -> (LossBatch, inputs: [Handle]) {
    var batch = LossBatch()
    var inputs: [Handle] = []
    for field in fields {
      let leaf =
        dtype == .float64
        ? try graph.tensor(field.values, shape: [rows])
        : try graph.tensor(field.values.map(Float.init), shape: [rows])
      if field.isInput { inputs.append(Handle(leaf)) }
      batch.set(field.path, leaf)
    }
    for side in [\LossBatch.chosen, \.rejected, \.completion, \.mismatched] {
      try batch[keyPath: side]?.spreadOverTokens(Self.width)
    }
    return (batch, inputs)
  }
}

extension LossBatch {
  /// Puts a tensor where its path says.
  mutating func set(_ path: String, _ tensor: Tensor) {
    let parts = path.split(separator: ".").map(String.init)
    switch parts[0] {
    case "chosen": chosen = (chosen ?? Side()).setting(parts[1], tensor)
    case "rejected": rejected = (rejected ?? Side()).setting(parts[1], tensor)
    case "completion": completion = (completion ?? Side()).setting(parts[1], tensor)
    case "mismatched": mismatched = (mismatched ?? Side()).setting(parts[1], tensor)
    case "label": label = tensor
    default: columns[path] = tensor
    }
  }
}

extension LossBatch.Side {
  /// Tokens that share the sums evenly, the places after a row's length left out.
  fileprivate mutating func spreadOverTokens(_ width: Int) throws {
    guard let logProb, let refLogProb, let length else { return }
    let places = try length.graph.iota(width).cast(to: length.dtype)
    let within = try places.lt(length.unsqueeze(-1)).cast(to: length.dtype)
    mask = within
    tokenLogProbs = try (logProb / length).unsqueeze(-1) * within
    refTokenLogProbs = try (refLogProb / length).unsqueeze(-1) * within
  }

  fileprivate func setting(_ field: String, _ tensor: Tensor) -> LossBatch.Side {
    var side = self
    switch field {
    case "log_prob": side.logProb = tensor
    case "ref_log_prob": side.refLogProb = tensor
    case "length": side.length = tensor
    default: side.reward = tensor
    }
    return side
  }
}
