import LuaBindings
import Tasks
import TensorCore

/// A loss written in Lua, over batches of preference pairs.
///
/// A loss of kind `unpaired` sees both sides of every pair as completions labelled 1 and 0.
final class PreferenceObjective: Objective {
  private let data: PreferenceData
  private let loss: MethodLoss
  private let parameters: ResolvedParameters
  private let session: ScriptSession
  /// 2, or 4 where every pair brings the completions of another prompt.
  let sequencesPerExample: Int
  private let stateHandles: [(name: String, handle: Handle)]
  /// The step that random draws of the loss depend on.
  private let stepNumber: Handle

  /// Binds a loss to data.
  ///
  /// - Throws: `DeclarationError` for a loss of a kind that pairs cannot feed.
  init(
    _ loss: MethodLoss, _ parameters: ResolvedParameters, _ data: PreferenceData,
    session: ScriptSession
  ) throws {
    guard loss.contract.kind == .pairwise || loss.contract.kind == .unpaired else {
      throw DeclarationError(
        "\(loss.name): preference pairs feed losses of kind pairwise or unpaired, this one is "
          + loss.contract.kind.rawValue)
    }
    try Self.checkNeeds(loss, data)
    self.loss = loss
    self.parameters = parameters
    self.data = data
    sequencesPerExample = data.pairs.first?.sequences.count ?? 2
    self.session = session
    stepNumber = Handle(session.graph.hyperparameter(0))
    stateHandles = try loss.initialState(.float32).map { ($0.name, Handle($0.value)) }
  }

  /// What a loss asks for and preference pairs have not.
  private static func checkNeeds(_ loss: MethodLoss, _ data: PreferenceData) throws {
    let needs = loss.contract.needs
    let missing: [(what: String, names: [String])] = [
      ("the models", needs.models), ("the contexts", needs.contexts),
      ("the samples", needs.samples), ("for each side", needs.side.map(\.name)),
    ]
    for (what, names) in missing where !names.isEmpty {
      throw DeclarationError(
        "\(loss.name): needs \(what) \(names.joined(separator: ", ")), "
          + "which this stage does not have")
    }
    let columns = data.columns.map(\.name)
    for name in needs.columns where !columns.contains(name) {
      let list = columns.isEmpty ? "none" : columns.joined(separator: ", ")
      throw DeclarationError(
        "\(loss.name): needs the column \"\(name)\" of the data, which has \(list)")
    }
  }

  var sequences: TokenSequences { data.sequences }
  var state: [(name: String, leaf: Tensor)] {
    stateHandles.map { ($0.name, $0.handle.tensor) }
  }
  var exampleLengths: [Int] {
    let lengths = data.sequences.lengths
    return data.pairs.map { pair in pair.sequences.map { lengths[$0] }.max() ?? 0 }
  }

  func sequence(_ which: Int, of example: Int) -> Int {
    let pair = data.pairs[example]
    return switch which {
    case 0: pair.chosen
    case 1: pair.rejected
    default: pair.mismatched[which - 2]
    }
  }

  // MARK: Leaves

  func makeFields(_ graph: Graph, rows: Int, length: Int) -> ObjectiveFields {
    var leaves = [
      "reference": graph.empty([sequencesPerExample * rows, length], .float32),
      "weight": graph.empty([rows], .float32),
    ]
    for column in data.columns {
      leaves["column." + column.name] = graph.empty([rows], .float32)
    }
    return ObjectiveFields(leaves)
  }

  func fill(_ fields: ObjectiveFields, _ batch: Batch, step: Int) throws {
    session.graph.set(stepNumber.tensor, to: Double(step))
    try fields.leaves["weight"]?.write(batch.weights)
    try fields.leaves["reference"]?.withMutableBytes { bytes in
      let target = bytes.bindMemory(to: Float.self)
      let rows = batch.rows.count
      for which in 0..<sequencesPerExample {
        for (row, example) in batch.rows.enumerated() {
          write(sequence(which, of: example), which * rows + row, batch.length, target)
        }
      }
    }
    for column in data.columns {
      try fields.leaves["column." + column.name]?.withMutableBytes { bytes in
        let target = bytes.bindMemory(to: Float.self)
        for (row, example) in batch.rows.enumerated() {
          target[row] = Float(column.values[data.pairs[example].row])
        }
      }
    }
  }

  /// The reference's token log-probabilities of one sequence, in line with the targets.
  private func write(
    _ sequence: Int, _ row: Int, _ length: Int, _ target: UnsafeMutableBufferPointer<Float>
  ) {
    let start = data.sequences.contexts[sequence] - 1
    let count = data.referenceTokenLogProbs[sequence].count
    for column in 0..<length {
      let token = column - start
      target[row * length + column] =
        token >= 0 && token < count ? data.referenceTokenLogProbs[sequence][token] : 0
    }
  }

  // MARK: Loss

  func loss(
    tokenLogProbs: Tensor, mask: Tensor, fields: ObjectiveFields
  ) throws -> ObjectiveResult {
    guard let reference = fields.leaves["reference"], let weight = fields.leaves["weight"] else {
      throw TensorError("align", "the batch has no reference log-probabilities")
    }
    let rows = weight.shape[0]
    let policy = try tokenLogProbs * mask
    func side(_ start: Int, _ count: Int) throws -> LossBatch.Side {
      try self.side(
        policy.slice(0, start: start, count: count),
        reference.slice(0, start: start, count: count), mask.slice(0, start: start, count: count))
    }
    let (chosen, rejected) = (try side(0, rows), try side(rows, rows))
    var batch = LossBatch()
    for column in data.columns {
      batch.columns[column.name] = fields.leaves["column." + column.name]
    }
    batch.margin = batch.columns["margin"]
    var counted = weight
    if loss.contract.kind == .pairwise {
      (batch.chosen, batch.rejected, batch.weight) = (chosen, rejected, weight)
    } else {
      let mismatched = sequencesPerExample == 4 ? try side(2 * rows, 2 * rows) : nil
      try makeUnpaired(&batch, side(0, 2 * rows), mismatched, rows)
      counted = try weight.graph.concatenate([weight, weight], axis: 0)
      batch.weight = counted
    }
    let named = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.leaf) })
    let result = try loss.capture(
      batch, parameters, state: named, as: "training", step: stepNumber.tensor)
    let values = result.loss.tensor
    let mean = values.rank == 0 ? values : try (values * counted).sum() / counted.sum()
    let updates = zip(state, result.state).map { ($0.leaf, $1.value.tensor) }
    return ObjectiveResult(
      loss: mean,
      metrics: try measurements(chosen, rejected, weight)
        + result.metrics.map { ($0.name, try $0.value.tensor.mean()) },
      updates: updates)
  }

  private func side(
    _ policy: Tensor, _ reference: Tensor, _ mask: Tensor
  ) throws -> LossBatch.Side {
    var side = LossBatch.Side(
      logProb: try policy.sum([1]), refLogProb: try (reference * mask).sum([1]),
      length: try mask.sum([1]))
    (side.tokenLogProbs, side.refTokenLogProbs, side.mask) = (policy, reference, mask)
    return side
  }

  /// Both sides as completions.
  ///
  /// Without prompts every completion of the batch is a mismatched one of every other, and the
  /// next row's stands in.
  private func makeUnpaired(
    _ batch: inout LossBatch, _ side: LossBatch.Side, _ mismatched: LossBatch.Side?, _ rows: Int
  ) throws {
    batch.completion = side
    let labels = [Float](repeating: 1, count: rows) + [Float](repeating: 0, count: rows)
    guard let logProb = side.logProb, let reference = side.refLogProb else { return }
    batch.label = logProb.graph.tensor(labels)
    for column in batch.columns.keys.sorted() {
      guard let values = batch.columns[column] else { continue }
      batch.columns[column] = try values.graph.concatenate([values, values], axis: 0)
    }
    batch.margin = batch.columns["margin"]
    if let other = mismatched, let logProb = other.logProb, let reference = other.refLogProb {
      batch.mismatched = LossBatch.Side(
        logProb: try logProb.stopGradient(), refLogProb: reference, length: other.length)
    } else if loss.contract.needs.mismatched {
      func rolled(_ x: Tensor) throws -> Tensor {
        let count = x.shape[0]
        return try x.graph.concatenate(
          [x.slice(0, start: 1, count: count - 1), x.slice(0, start: 0, count: 1)], axis: 0
        ).stopGradient()
      }
      batch.mismatched = LossBatch.Side(
        logProb: try rolled(logProb), refLogProb: try rolled(reference))
    }
  }

  /// What is logged of every preference loss.
  private func measurements(
    _ chosen: LossBatch.Side, _ rejected: LossBatch.Side, _ weight: Tensor
  ) throws -> [(name: String, value: Tensor)] {
    guard let a = chosen.logProb, let b = chosen.refLogProb, let c = rejected.logProb,
      let d = rejected.refLogProb, let e = chosen.length, let f = rejected.length
    else { return [] }
    let total = try weight.sum()
    func mean(_ x: Tensor) throws -> Tensor { try (x * weight).sum() / total }
    let (up, down) = (try a - b, try c - d)
    let margin = try up - down
    let wins = try margin.sign() * 0.5 + 0.5
    return [
      ("accuracy", try mean(wins)), ("margin", try mean(margin)),
      ("chosen_logratio", try mean(up)), ("rejected_logratio", try mean(down)),
      ("chosen_length", try mean(e)), ("rejected_length", try mean(f)),
    ]
  }
}
