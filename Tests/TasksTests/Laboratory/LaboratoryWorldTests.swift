import Foundation
import Tasks
import TensorCore
import TestSupport
import Testing

/// Worlds, and what is known of them exactly.
@Suite struct LaboratoryWorldTests {
  private let tight = Tolerance(relative: 1e-10, absolute: 1e-12)
  private let stream = RandomStream(seed: 3, name: "world")

  @Test func sequencesAreAllThere() {
    let fixed = CompletionSpace.sequences(vocabulary: 3, length: 4, hasEnd: false)
    #expect(fixed.count == 81 && fixed.states == 40)
    #expect(Set((0..<81).map(fixed.tokens)).count == 81)
    let ended = CompletionSpace.sequences(vocabulary: 3, length: 3, hasEnd: true)
    // e, ae, be, and three tokens of which the first two are no end.
    #expect(ended.count == 1 + 2 + 4 * 3)
    #expect(ended.lengths.min() == 1 && ended.lengths.max() == 3)
    #expect(ended.lengths.count { $0 == 1 } == 1)
  }

  @Test func tokensAndCompletionsAgree() throws {
    var options = TokenOptions()
    options.hasEnd = true
    let world = try options.world(stream)
    for context in 0..<world.contexts {
      expectClose(world.reference[world.cells(of: context)].reduce(0, +), 1, tight)
    }
    // Of the law of completions the conditional laws of tokens, and back.
    let tokens = world.space.tokenTable(of: world.reference)
    expectClose(tokens, world.logReference, tight)
    let optimum = try #require(world.optimum())
    let guide = world.space.tokenTable(of: optimum)
    expectClose(
      world.space.logProbabilities(ofTokens: guide), optimum.map { log($0) },
      Tolerance(relative: 1e-8, absolute: 1e-10))
    // Over a completion beta log optimum / reference adds up to the reward less the value.
    let reward = try #require(world.reward)
    let value = try #require(world.value(optimum))
    var mean = 0.0
    for context in 0..<world.contexts {
      let rests = world.cells(of: context).map { cell in
        reward[cell] - world.beta * (log(optimum[cell]) - world.logReferenceOfCompletions[cell])
      }
      expectClose(rests, rests.map { _ in rests[0] }, Tolerance(relative: 1e-9, absolute: 1e-9))
      mean += rests[0] / Double(world.contexts)
    }
    expectClose(mean, value, Tolerance(relative: 1e-9, absolute: 1e-9))
    // The values of tokens: each state's advantages have mean 0, the first state the mean reward.
    let found = world.space.tokenValues(of: reward, under: world.reference)
    let width = world.space.vocabulary
    for state in found.value.indices {
      let place = state * width..<(state + 1) * width
      let drift = zip(found.advantage[place], world.logReference[place]).reduce(0) {
        $0 + $1.0 * exp($1.1)
      }
      #expect(abs(drift) < 1e-9)
    }
    let starts = (0..<world.contexts).map { found.value[$0 * world.space.states] }
    expectClose(
      starts.reduce(0, +) / Double(world.contexts),
      try #require(world.expectedReward(world.reference)), tight)
  }

  @Test func largestGapsAreFlipped() throws {
    var options = BanditOptions()
    let clean = try options.world(stream)
    options.noise = LabelNoise(flip: 0.45, share: 0.3)
    let noisy = try options.world(stream)
    #expect(noisy.preference == clean.preference && noisy.reward == clean.reward)
    let reward = try #require(noisy.reward)
    var (changed, kept) = ([Double](), [Double]())
    for context in 0..<8 {
      for one in 0..<8 {
        for other in one + 1..<8 {
          let cell = (context * 8 + one) * 8 + other
          let gap = abs(reward[context * 8 + one] - reward[context * 8 + other])
          let (before, after) = (clean.labels[cell], noisy.labels[cell])
          if before == after { kept.append(gap) } else { changed.append(gap) }
          let back = noisy.labels[(context * 8 + other) * 8 + one]
          expectClose(after + back, 1, tight)
          if before != after { expectClose(after, 0.1 * before + 0.45, tight) }
        }
      }
    }
    #expect(changed.count == 67 && kept.count == 157)
    #expect(try #require(changed.min()) >= (try #require(kept.max())))
  }

  @Test func intransitivePreferencesHaveCycles() throws {
    var options = BanditOptions()
    (options.rule, options.reward, options.cycle) = (.intransitive, .uniform, 3)
    let world = try options.world(stream)
    // Without a reward each action beats the next few: no action beats all others.
    #expect(world.preference(0, 0, 1) > 0.5 && world.preference(0, 1, 0) < 0.5)
    #expect((0..<8).allSatisfy { one in (0..<8).contains { world.preference(0, one, $0) < 0.5 } })
    let even = [Double](repeating: 1.0 / 8, count: 64)
    #expect(abs(world.gap(even)) < 1e-12)
  }

  /// Against a proxy that errs, more samples always buy proxy reward and no longer gold.
  @Test func proxiesAreOveroptimized() throws {
    var options = BanditOptions()
    (options.actions, options.proxyError) = (32, 2)
    let world = try options.world(stream)
    let proxy = try #require(world.proxy)
    let laws = (0..<12).map { world.bestOf(pow(2, Double($0)), reward: proxy) }
    let seen = laws.map { world.expectation(of: proxy, under: $0) }
    let gold = try laws.map { try #require(world.expectedReward($0)) }
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
    let shares = zip(seen, gold).map { $0 - $1 }
    #expect(try #require(shares.last) > shares[0] + 0.5)
    let divergences = laws.map(world.divergenceToReference)
    #expect(zip(divergences, divergences.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func sampledPairsFollowTheirChances() throws {
    var options = BanditOptions()
    (options.contexts, options.actions) = (1, 3)
    let world = try options.world(stream)
    let data = PairData.sampled(world, from: nil, count: 60_000, stream.child("pairs"))
    var counts = [Double](repeating: 0, count: 9)
    for (one, other) in zip(data.chosen, data.rejected) { counts[one * 3 + other] += 1 / 60_000 }
    let exact = PairData.exact(world, from: nil)
    let total = exact.weights.reduce(0, +)
    for place in 0..<exact.count {
      let cell = exact.chosen[place] * 3 + exact.rejected[place]
      expectClose(
        counts[cell], exact.weights[place] / total, Tolerance(relative: 0, absolute: 8e-3))
    }
  }

  @Test func wrongTablesAreRefused() {
    var options = BanditOptions()
    options.reward = .given([1, 2, 3])
    #expect(throws: LaboratoryError.self) { try options.world(stream) }
    var game = GameOptions()
    game.preference = [0.5, 0.9, 0.2, 0.5, 0.5, 0.8, 0.8, 0.2, 0.5]
    #expect(throws: LaboratoryError.self) { try game.world(stream) }
    var tokens = TokenOptions()
    (tokens.vocabulary, tokens.length) = (8, 6)
    #expect(throws: LaboratoryError.self) { try tokens.world(stream) }
  }
}
