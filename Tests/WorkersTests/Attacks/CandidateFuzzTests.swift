import Foundation
import LuaRuntime
import TensorCore
import Testing

@testable import Workers

/// Made-up candidates: whatever they are, a worker answers, with numbers or with a reason that is
/// the candidate's fault. PERIGEE_FUZZ sets how many; the seed is fixed.
@Suite struct CandidateFuzzTests {
  @Test func madeUpCandidatesCrashNothing() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["PERIGEE_FUZZ"].flatMap { Int($0) } ?? 300
    let seed = environment["PERIGEE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    let budget = Budget(
      instructions: 1_000_000, seconds: 2, memory: 64 << 20, work: 500_000_000, nodes: 20_000,
      output: 1 << 20)
    let sources = (0..<count).map { place -> String in
      var generator = CandidateGenerator(seed: seed &+ UInt64(place))
      return generator.source()
    }
    let outcomes = TestPool.shared.evaluate(
      all: sources.map { ScriptEvaluation(source: $0) }, budget: budget)
    var answered = 0
    var late = 0
    for (source, outcome) in zip(sources, outcomes) {
      switch outcome {
      case .success: answered += 1
      case .failure(let failure):
        // On a busy machine a worker may be killed that would have stopped a moment later.
        if failure.reason == .late { late += 1 }
        #expect(
          [.script, .budget, .late].contains(failure.reason),
          "\(failure.reason) \(failure.message)\n\(source)")
      }
    }
    #expect(late * 50 <= count, "\(late) of \(count) were killed")
    // The generator makes sense often enough to reach kernels.
    #expect(answered * 10 > count, "\(answered) of \(count) candidates gave numbers")
  }

  @Test func brokenTextCrashesNothing() throws {
    var random = RandomStream(seed: 3, name: "fuzz")
    let text = Array(LossProbe.example.utf8)
    let sources = (0..<60).map { _ -> String in
      var broken = text
      for _ in 0...Int(random.nextUInt64() % 6) {
        let place = Int(random.nextUInt64() % UInt64(broken.count))
        switch random.nextUInt64() % 3 {
        case 0: broken[place] = UInt8(truncatingIfNeeded: random.nextUInt64())
        case 1: broken.remove(at: place)
        default: broken.insert(contentsOf: text[..<(place / 2)], at: place)
        }
      }
      return String(decoding: broken, as: UTF8.self)
    }
    let probes = sources.map {
      LossProbe(source: $0, batches: [.pairs([0.5, -1], [0.25, 0])])
    }
    for outcome in TestPool.shared.evaluate(all: probes) {
      if case .failure(let failure) = outcome {
        #expect(failure.reason == .script || failure.reason == .budget, "\(failure)")
      }
    }
  }
}
