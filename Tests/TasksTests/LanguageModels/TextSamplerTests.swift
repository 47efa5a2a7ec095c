import Foundation
import Learning
import TensorCore
import TestSupport
import Testing

@testable import Tasks

@Suite struct TextSamplerTests {
  private let stream = RandomStream(seed: 3, name: "sampling")

  private func sampler(
    _ tiny: TinyModel, rows: Int = 16, _ change: (inout SamplingOptions) -> Void = { _ in }
  ) throws -> TextSampler {
    var options = SamplingOptions()
    options.limit = 6
    change(&options)
    return try TextSampler(tiny.model, options: options, stream: stream, rows: rows)
  }

  @Test func logProbsAreThoseOfTheWholeSequence() throws {
    let tiny = try TinyModel()
    let prompts = ["the film", "", "a", "sadly it is"]
    let samples = try sampler(tiny).sample(prompts: prompts)
    #expect(samples.count == 4)
    for (prompt, sample) in zip(prompts, samples) {
      let end = tiny.model.tokenizer.endOfText
      let drawn = sample.tokens + (sample.hasEnded ? [end] : [])
      #expect(!drawn.isEmpty && drawn.count == sample.logProbs.count)
      #expect(sample.hasEnded || drawn.count == 6)
      var context = Array(tiny.model.sequence(prompt: prompt, completion: "").tokens.dropLast())
      for (token, logProb) in zip(drawn, sample.logProbs) {
        let expected = try tiny.nextLogProbs(after: context)[Int(token)]
        #expect(abs(Double(logProb) - expected) < 1e-5)
        context.append(token)
      }
    }
  }

  @Test func frequenciesAreTheModelsProbabilities() throws {
    let tiny = try TinyModel(deviation: 0.6)
    let count = 8192
    let samples = try sampler(tiny, rows: 2048) { $0.limit = 1 }.sample(count)
    var counts = [Double](repeating: 0, count: tiny.model.shape.vocabulary)
    for sample in samples {
      counts[Int(sample.tokens.first ?? tiny.model.tokenizer.endOfText)] += 1
    }
    let expected = try tiny.nextLogProbs(after: [tiny.model.tokenizer.endOfText])
    // Pearson's statistic over tokens expected at least five times, and the rest as one.
    var (statistic, freedom, rest) = (0.0, -1.0, (found: 0.0, expected: 0.0))
    for (found, logProb) in zip(counts, expected) {
      let wanted = Double(count) * exp(logProb)
      if wanted < 5 {
        rest = (rest.found + found, rest.expected + wanted)
      } else {
        statistic += (found - wanted) * (found - wanted) / wanted
        freedom += 1
      }
    }
    if rest.expected > 5 {
      statistic += (rest.found - rest.expected) * (rest.found - rest.expected) / rest.expected
      freedom += 1
    }
    #expect(freedom > 10)
    #expect(abs(statistic - freedom) < 5 * (2 * freedom).squareRoot())
  }

  @Test func narrowChoicesAreTheGreedyOne() throws {
    let tiny = try TinyModel()
    let greedy = try sampler(tiny) { $0.temperature = 0 }.sample(3)
    #expect(greedy[0] == greedy[1])
    #expect(try sampler(tiny) { $0.topK = 1 }.sample(3) == greedy)
    #expect(try sampler(tiny) { $0.topP = 1e-6 }.sample(3) == greedy)
    #expect(try sampler(tiny) { $0.temperature = 1e-4 }.sample(3) == greedy)
    let best = try tiny.nextLogProbs(after: [tiny.model.tokenizer.endOfText])
    let first = greedy[0].tokens.first ?? tiny.model.tokenizer.endOfText
    #expect(best.allSatisfy { $0 <= best[Int(first)] })
  }

  @Test func topKAndTopPLeaveTheUnlikelyOut() throws {
    let tiny = try TinyModel(deviation: 0.6)
    let logProbs = try tiny.nextLogProbs(after: [tiny.model.tokenizer.endOfText])
    let order = logProbs.indices.sorted { logProbs[$0] > logProbs[$1] }
    func drawn(_ change: (inout SamplingOptions) -> Void) throws -> Set<Int> {
      let samples = try sampler(tiny, rows: 512) {
        $0.limit = 1
        change(&$0)
      }.sample(2048)
      return Set(samples.map { Int($0.tokens.first ?? tiny.model.tokenizer.endOfText) })
    }
    let five = try drawn { $0.topK = 5 }
    #expect(five.isSubset(of: order.prefix(5)) && five.count > 2)
    var mass = 0.0
    let nucleus = order.prefix { token in
      defer { mass += exp(logProbs[token]) }
      return mass < 0.9
    }
    let half = try drawn { $0.topP = 0.9 }
    #expect(half.isSubset(of: nucleus) && half.count > 5)
    #expect(try drawn { _ in }.count > nucleus.count)
  }

  @Test func sameStreamSameSamplesSharedBetweenModels() throws {
    let (one, two, other) = (try TinyModel(), try TinyModel(), try TinyModel(seed: 2))
    let samples = try sampler(one).sample(20)
    #expect(try sampler(two).sample(20) == samples)
    #expect(try sampler(other).sample(20) != samples)
    #expect(Set(samples.map(\.tokens)).count > 10)
    let again = try TextSampler(
      one.model, options: sampler(one).options, stream: RandomStream(seed: 4, name: "sampling"),
      rows: 16)
    #expect(try again.sample(20) != samples)
  }

  @Test func theSamplerFollowsAChangingModel() throws {
    let tiny = try TinyModel()
    let kept = try sampler(tiny)
    let before = try kept.sample(4)
    try tiny.model.store.initialize(seed: 9)
    #expect(try kept.sample(4) != before)
    try tiny.model.store.initialize(seed: 1)
    #expect(try kept.sample(4) == before)
  }

  @Test func badOptionsAndLongPromptsAreErrors() throws {
    let tiny = try TinyModel()
    for change: (inout SamplingOptions) -> Void in [
      { $0.temperature = -1 }, { $0.topP = 0 }, { $0.topK = -1 }, { $0.topK = 100_000 },
      { $0.limit = 0 },
    ] {
      #expect(throws: SamplingError.self) { try sampler(tiny, change) }
    }
    let long = String(repeating: "xyz ", count: 30)
    #expect(throws: SamplingError.self) { try sampler(tiny).sample(prompts: [long]) }
  }
}
