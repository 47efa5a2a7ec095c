import Learning
import Tasks
import TensorCore

/// The compiled plans of one step at one padded length.
///
/// With several micro-batches a step is four plans: scores of each part, such as token
/// log-probabilities, the loss and its derivative in all of them once, a vector-Jacobian product of
/// each part, the update.
final class StepPlan {
  private let all: SequenceLeaves
  private let fields: ObjectiveFields
  private let names: [String]
  private let final: Plan
  /// The plan whose outputs are the loss and the measurements.
  private let measured: Plan
  private let parts: Parts?

  /// What micro-batches need beside.
  private struct Parts {
    let leaves: SequenceLeaves
    let forward: Plan
    let backward: Plan
    /// One for each score.
    let links: [Link]
    let part: Handle
    let count: Int
  }

  /// How one score goes from the parts to the loss, and its derivative back.
  private struct Link {
    let score: Handle
    let derivative: Handle
    let upstream: Handle

    init(_ graph: Graph, rows: Int, partRows: Int, length: Int) {
      score = Handle(graph.parameter([rows, length], .float32))
      derivative = Handle(graph.empty([rows, length], .float32))
      upstream = Handle(graph.empty([partRows, length], .float32))
    }
  }

  typealias Noise = (stream: RandomStream, step: Tensor)

  init(
    model: LanguageModel, objective: any Objective, optimizer: OptimizerState,
    options: StageOptions, length: Int, accumulator: GradientAccumulator?, noise: Noise?
  ) throws {
    let graph = model.graph
    let rows = options.batchSize * objective.sequencesPerExample
    all = SequenceLeaves(graph, rows: rows, length: length)
    fields = try objective.makeFields(graph, rows: options.batchSize, length: length)
    guard let accumulator else {
      let pass = ForwardPass(
        try model.store.bind(), dropout: noise.map { DropoutNoise($0.stream, step: $0.step) })
      let scores = try objective.scores(model, pass, all)
      let result = try objective.loss(scores: scores, mask: all.mask, fields: fields)
      let gradient = try model.store.gradient(
        of: result.loss, withRespectTo: pass.parameters)
      let clipped = try StepPlan.clip(gradient, options)
      final = try graph.compile(
        outputs: [result.loss, clipped.norm] + result.metrics.map(\.value),
        updates: optimizer.updates(gradient: clipped.gradient) + result.updates)
      names = ["loss", "gradient_norm"] + result.metrics.map(\.name)
      measured = final
      parts = nil
      return
    }
    let built = try StepPlan.parts(
      model, objective, options, rows: rows, length: length, accumulator: accumulator,
      noise: noise)
    parts = built
    let scores = built.links.map(\.score.tensor)
    let result = try objective.loss(scores: scores, mask: all.mask, fields: fields)
    let derivatives = try graph.gradient(of: result.loss, withRespectTo: scores)
    measured = try graph.compile(
      outputs: [result.loss] + result.metrics.map(\.value),
      updates: zip(built.links, derivatives).map { ($0.derivative.tensor, $1) } + result.updates)
    let clipped = try StepPlan.clip(accumulator.sum, options)
    final = try graph.compile(
      outputs: [clipped.norm],
      updates: optimizer.updates(gradient: clipped.gradient) + [accumulator.clearing()])
    names = ["loss"] + result.metrics.map(\.name)
  }

  private static func clip(
    _ gradient: Tensor, _ options: StageOptions
  ) throws -> (gradient: Tensor, norm: Tensor) {
    guard options.clip.isFinite, options.clip > 0 else {
      return (gradient, try GradientClipping.norm(gradient))
    }
    return try GradientClipping.clip(gradient, toNorm: gradient.like(options.clip))
  }

  private static func parts(
    _ model: LanguageModel, _ objective: any Objective, _ options: StageOptions, rows: Int,
    length: Int, accumulator: GradientAccumulator, noise: Noise?
  ) throws -> Parts {
    let graph = model.graph
    let count = options.microBatches
    let leaves = SequenceLeaves(graph, rows: rows / count, length: length)
    // Every part draws noise of its own, the same forward and backward.
    let part = Handle(graph.hyperparameter(0))
    let pass = ForwardPass(
      try model.store.bind(),
      dropout: try noise.map {
        DropoutNoise($0.stream, step: try $0.step * Double(count) + part.tensor)
      })
    let scores = try objective.scores(model, pass, leaves)
    let links = scores.map { _ in
      Link(graph, rows: rows, partRows: rows / count, length: length)
    }
    let weighted = try zip(scores, links).map { try ($0 * $1.upstream.tensor).sum() }
    let gradient = try model.store.gradient(
      of: weighted.dropFirst().reduce(weighted[0]) { try $0 + $1 },
      withRespectTo: pass.parameters)
    let forward = try graph.compile(outputs: scores)
    let backward = try graph.compile(
      outputs: [], updates: [accumulator.adding(gradient)])
    return Parts(
      leaves: leaves, forward: forward, backward: backward, links: links, part: part,
      count: count)
  }

  /// Fills the leaves with a batch and does the step; allocates nothing after the first time.
  func run(
    _ batch: Batch, _ objective: any Objective, step: Int, padding: Int32
  ) throws {
    let examples = batch.rows.count
    for which in 0..<objective.sequencesPerExample {
      for row in 0..<examples {
        try all.write(
          objective.sequences, objective.sequence(which, of: batch.rows[row]),
          row: which * examples + row, padding: padding)
      }
    }
    try objective.fill(fields, batch, step: step)
    if let parts { try run(parts) }
    try final.run()
  }

  private func run(_ parts: Parts) throws {
    let rows = parts.leaves.rows
    for index in 0..<parts.count {
      try select(parts, index)
      try parts.forward.run()
      for (score, link) in zip(parts.forward.outputs, parts.links) {
        try score.copy(intoRowsOf: link.score.tensor, firstRow: index * rows)
      }
    }
    try measured.run()
    for index in 0..<parts.count {
      try select(parts, index)
      for link in parts.links {
        try link.upstream.tensor.copyRows(from: link.derivative.tensor, firstRow: index * rows)
      }
      try parts.backward.run()
    }
  }

  private func select(_ parts: Parts, _ index: Int) throws {
    parts.part.tensor.graph.set(parts.part.tensor, to: Double(index))
    try parts.leaves.copy(from: all, firstRow: index * parts.leaves.rows)
  }

  /// What the latest run measured.
  func metrics() throws -> [(name: String, value: Double)] {
    var found: [(name: String, value: Double)] = []
    for (name, output) in zip(names, measured.outputs) {
      found.append((name, try output.item()))
    }
    if parts != nil { found.append(("gradient_norm", try final.outputs[0].item())) }
    return found
  }

  /// What was built for the step: lines for people.
  func description(of stage: ShowStage) -> [String] {
    let plans = parts.map { [$0.forward, measured, $0.backward, final] } ?? [final]
    return plans.flatMap { plan in
      switch stage {
      case .graph: plan.graphLines
      case .plan: plan.notes
      case .kernels: plan.kernelLines
      }
    }
  }
}
