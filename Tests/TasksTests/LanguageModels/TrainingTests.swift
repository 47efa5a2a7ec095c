import Learning
import TensorCore
import TestSupport
import Testing

@testable import Tasks

/// A language model learning its texts: the whole step as one plan.
@Suite struct TrainingTests {
  private struct Run {
    var losses: [Double] = []
    var allocations = 0
    var compilations = 0
    var snapshot: ParameterSnapshot
  }

  /// Trains a float32 model on all texts at once.
  private func train(threads: Int, steps: Int) throws -> Run {
    let tiny = try TinyModel(deviation: 0.05, dtype: .float32, threads: threads, dropout: 0.1)
    let model = tiny.model
    let sequences = TokenSequences(
      model, prompts: TinyModel.texts.map { _ in "" }, completions: TinyModel.texts)
    let leaves = SequenceLeaves(tiny.graph, rows: sequences.count, length: 24)
    let state = try OptimizerState(
      Optimizers.named("adamw"), settings: ["learning_rate": .number(0.01)], for: model.store)
    let parameters = try model.store.bind()
    let noise = DropoutNoise(RandomStream(seed: 5, name: "dropout"), step: state.stepCount)
    let scores = try model.tokenLogProbs(
      ForwardPass(parameters, dropout: noise), inputs: leaves.inputs, targets: leaves.targets)
    let loss = try -(scores * leaves.mask).sum() / leaves.mask.sum()
    let gradient = try model.store.gradient(of: loss, withRespectTo: parameters)
    let (clipped, norm) = try GradientClipping.clip(gradient, toNorm: tiny.graph.weak(1))
    let plan = try tiny.graph.compile(
      outputs: [loss, norm], updates: state.updates(gradient: clipped))
    func step() throws {
      for row in 0..<sequences.count {
        try leaves.write(sequences, row, row: row, padding: model.tokenizer.endOfText)
      }
      try state.prepareStep()
      try plan.run()
    }
    try step()
    var run = Run(snapshot: try model.store.snapshot())
    run.losses.append(try plan.outputs[0].item())
    let before = (tiny.graph.systemAllocations, tiny.graph.compilations)
    for _ in 1..<steps {
      try step()
      run.losses.append(try plan.outputs[0].item())
    }
    run.allocations = tiny.graph.systemAllocations - before.0
    run.compilations = tiny.graph.compilations - before.1
    run.snapshot = try model.store.snapshot()
    return run
  }

  @Test func theLossFallsAndStepsAllocateNothing() throws {
    let run = try train(threads: 1, steps: 60)
    let last = try #require(run.losses.last)
    #expect(run.losses[0] > 5 && last < 1.5)
    #expect(run.allocations == 0)
    #expect(run.compilations == 0)
  }

  @Test func oneAndTwoThreadsGiveTheSameBits() throws {
    let (one, two) = (try train(threads: 1, steps: 6), try train(threads: 2, steps: 6))
    #expect(one.losses == two.losses)
    #expect(one.snapshot == two.snapshot)
    #expect(try train(threads: 1, steps: 6).snapshot == one.snapshot)
  }
}
