import Foundation
import Learning
import Tasks
import TensorCore
import Testing

@testable import Trials

/// What a reviewer would ask of a training loop: the same bits, whatever the circumstances.
struct TrainingLoopTests {
  @Test func theLossFallsOnTheTrainingPairs() throws {
    let world = try TinyWorld()
    let loop = try world.loop("dpo", steps: 40, batch: 16)
    try loop.advance()
    let first = try loop.metrics()
    #expect(abs((first.first { $0.name == "loss" }?.value ?? 0) - 0.6931472) < 1e-5)
    while !loop.isDone { try loop.advance() }
    let last = try loop.metrics()
    #expect((last.first { $0.name == "loss" }?.value ?? 1) < 0.68)
    #expect((last.first { $0.name == "accuracy" }?.value ?? 0) > 0.6)
  }

  @Test func oneAndTwoThreadsGiveTheSameBits() throws {
    let one = try TinyWorld(threads: 1)
    let two = try TinyWorld(threads: 2)
    for world in [one, two] {
      let loop = try world.loop("lrml", steps: 6)
      while !loop.isDone { try loop.advance() }
    }
    #expect(try one.bits() == two.bits())
  }

  @Test(arguments: ["dpo", "kto", "aot", "dbaql"])
  func everyLossSeesTheWholeBatch(loss: String) throws {
    var results: [[Float]] = []
    for parts in [1, 2, 8] {
      let world = try TinyWorld()
      let loop = try world.loop(loss, steps: 3, batch: 8, microBatches: parts)
      while !loop.isDone { try loop.advance() }
      results.append(try world.policy.store.flat.floats())
    }
    for other in results.dropFirst() {
      let gap = zip(results[0], other).map { abs($0 - $1) }.max() ?? 0
      #expect(gap < 2e-5, "\(loss) differs by \(gap)")
    }
  }

  @Test func aRestoredLoopGoesOnWithTheSameBits() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let straight = try TinyWorld(dropout: 0.1)
    let whole = try straight.loop("bco_pair", steps: 9)
    while !whole.isDone { try whole.advance() }

    let stopped = try TinyWorld(dropout: 0.1)
    let half = try stopped.loop("bco_pair", steps: 9)
    for _ in 0..<4 { try half.advance() }
    try Checkpoint.save(half, to: file)

    let resumed = try TinyWorld(dropout: 0.1)
    let rest = try resumed.loop("bco_pair", steps: 9)
    try Checkpoint.restore(rest, from: file)
    #expect(rest.step == 4)
    while !rest.isDone { try rest.advance() }
    #expect(try resumed.bits() == straight.bits())
  }

  @Test func aSteadyLoopAllocatesNothingAndCallsNoLua() throws {
    let world = try TinyWorld()
    let loop = try world.loop("dpo", steps: 40, batch: 8, buckets: 1)
    for _ in 0..<3 { try loop.advance() }
    let (before, plans) = (world.graph.systemAllocations, world.graph.compilations)
    let nodes = world.graph.liveNodes
    let calls = world.session.lua.callCount
    for _ in 0..<10 { try loop.advance() }
    #expect(world.graph.systemAllocations == before)
    #expect(world.graph.compilations == plans)
    #expect(world.graph.liveNodes == nodes)
    #expect(world.session.lua.callCount == calls)
  }

  private static let losses = [
    "dpo", "ipo", "hinge", "slic", "cdpo", "robust_dpo", "kto", "simpo", "orpo", "lrml", "aql",
    "aqfl", "dbaql", "padll", "cell", "pfl", "f_dpo",
  ]

  @Test(arguments: losses)
  func everyPreferenceLossTrains(loss: String) throws {
    let world = try TinyWorld()
    let before = try world.bits()
    let loop = try world.loop(loss, steps: 2)
    while !loop.isDone { try loop.advance() }
    for metric in try loop.metrics() {
      #expect(metric.value.isFinite, "\(loss): \(metric.name) is \(metric.value)")
    }
    #expect(try world.bits() != before)
  }

  @Test func mismatchedCompletionsComeFromAnotherPrompt() throws {
    #expect(RowEncoder.rowsOfOtherPrompts(["a", "a", "b", "a"]) == [2, 2, 3, 2])
    #expect(RowEncoder.rowsOfOtherPrompts(["a", "a", "a"]) == [1, 2, 0])

    var world = try TinyWorld()
    let plain = world.preferences
    world.preferences = PreferenceSet(columns: [])
    for row in 0..<24 {
      world.preferences.append(
        prompt: "Review \(row / 3):", chosen: plain.chosen[row], rejected: plain.rejected[row],
        numbers: [])
    }
    let data = try world.objective("kto").data
    let example = try #require(data.examples.first { $0.row == 4 })
    let place = try #require(data.slots.first(.mismatched(1)))
    let expected = world.policy.sequence(prompt: "Review 1:", completion: plain.rejected[6])
    #expect(Array(data.sequences.packed[example.sequences[place]]) == expected.tokens)

    let loop = try world.loop("kto", steps: 2)
    try loop.advance()
    #expect(abs((try loop.metrics().first { $0.name == "loss" }?.value ?? 0) - 0.5) < 1e-6)
    try loop.advance()
    #expect(try loop.metrics().allSatisfy { $0.value.isFinite })
  }

  @Test func schedulesTakeOptionsOfTheirOwn() throws {
    let world = try TinyWorld()
    var options = StageOptions("supervised", steps: 10)
    (options.batchSize, options.schedule) = (8, "one_cycle")
    let objective = SupervisedObjective(world.policy, texts: world.texts, limit: 160)
    #expect(throws: LearningError.self) { try TrainingLoop(world.policy, objective, options) }
    options.scheduleSettings = ["max": .number(1e-2), "rising_share": .number(0.5)]
    let loop = try TrainingLoop(world.policy, objective, options)
    #expect(abs(loop.learningRate - 1e-2 / 25) < 1e-9)
    for _ in 0..<4 { try loop.advance() }
    #expect(abs(loop.learningRate - 1e-2) < 1e-9)
    options.scheduleSettings["peak"] = .number(1)
    #expect(throws: LearningError.self) { try TrainingLoop(world.policy, objective, options) }
  }

  @Test func textsAreLearned() throws {
    let world = try TinyWorld(dropout: 0.1)
    let objective = SupervisedObjective(
      world.policy, texts: world.texts, limit: world.policy.shape.length)
    var options = StageOptions("supervised", steps: 30)
    (options.batchSize, options.learningRate, options.usesDropout) = (16, 1e-2, true)
    let loop = try TrainingLoop(world.policy, objective, options)
    try loop.advance()
    let first = try loop.metrics()[0].value
    while !loop.isDone { try loop.advance() }
    #expect(try loop.metrics()[0].value < first - 0.5)
  }

  @Test(arguments: [
    ("local n = 1", "n = n + 1", "'n'"),
    ("local t = { 1 }", "t[1] = t[1] + 1", "another computation"),
    ("", "if batch.chosen.logratio:sum():item() > 0 then return end", "while training records"),
  ])
  func lossesThatCannotBeRecordedAreRefused(
    top: String, line: String, message: String
  ) throws {
    let world = try TinyWorld()
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString).lua")
    defer { try? FileManager.default.removeItem(at: file) }
    let source = """
      local pg = require "perigee"
      \(top)
      return pg.loss { kind = "pairwise", compute = function(batch)
        \(line)
        local scale = \(top.contains("t = ") ? "t[1]" : "2")
        return -pg.log_sigmoid(scale * (batch.chosen.logratio - batch.rejected.logratio))
      end }
      """
    try source.write(to: file, atomically: true, encoding: .utf8)
    let loop = try world.loop(file.path, steps: 2)
    let error = #expect(throws: (any Error).self) { try loop.advance() }
    #expect(error.map { String(describing: $0).contains(message) } == true, "\(error as Any)")
  }
}
