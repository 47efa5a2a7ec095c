import LuaBindings
import Methods
import TensorCore
import TestSupport
import Testing

/// Every case of the reference values that a method of stdlib covers: value and gradients in
/// double precision.
@Suite struct GoldenLossTests {
  static let files = [
    "dpo_trl1160", "dpo_fdiv_trl1160", "dpo_trl0240", "kto_trl1160", "cpo_orpo",
    "discopop_zoo", "reward_trl1160", "bco_nash_xpo_online", "dpo_token_trl1160",
  ]

  @Test(arguments: files) func agrees(_ file: String) throws {
    guard GoldenFile.exists(file) else {
      print("skipped: no reference values \(file).json in PERIGEE_SHARED or ../shared")
      return
    }
    let fixture = try StdlibFixture()
    var checked = 0
    for golden in try GoldenFile(shared: file).cases {
      guard let map = GoldenLossMap.find(file, golden) else {
        let isPartial = ["bco_nash_xpo_online", "dpo_token_trl1160"].contains(file)
        #expect(isPartial, "no method for \(golden.name)")
        continue
      }
      try check(golden, map, fixture, "\(file) \(golden.name) \(golden.params)")
      checked += 1
    }
    #expect(checked > 0)
  }

  /// The whole way from logits [chosen rows then rejected rows, token, class].
  @Test(.enabled(if: GoldenFile.exists("from_logits"))) func agreesFromLogits() throws {
    let fixture = try StdlibFixture()
    var checked = 0
    for golden in try GoldenFile(shared: "from_logits").cases
    where golden.name.hasPrefix("dpo_logits") {
      try checkLogits(golden, fixture)
      checked += 1
    }
    #expect(checked > 0)
  }

  /// The likelihood of tokens, and the entropy of each distribution.
  @Test(.enabled(if: GoldenFile.exists("from_logits"))) func likelihoodFromLogits() throws {
    let fixture = try StdlibFixture()
    let graph = fixture.session.graph
    var checked: [String: Int] = [:]
    for golden in try GoldenFile(shared: "from_logits").cases {
      let kind = String(golden.name.prefix { $0 != "/" })
      guard let given = golden.inputs["logits"],
        kind == "entropy" || (kind == "sft_nll" && golden.params["label_smoothing"]?.number == 0)
      else { continue }
      try fixture.session.holding {
        let logits = try graph.tensor(given.numbers, shape: Shape(given.dims))
        let held = Handle(logits)
        defer { withExtendedLifetime(held) {} }
        let value =
          kind == "entropy"
          ? try entropy(logits, golden, fixture) : try likelihood(logits, golden, fixture)
        let gradient = try graph.gradient(of: value, withRespectTo: [logits])[0]
        expectClose(try value.item(), golden["loss"]?.number ?? .nan, .golden, golden.name)
        expectClose(
          try gradient.doubles(), golden.grads["logits"]?.numbers ?? [], .golden, golden.name)
      }
      checked[kind, default: 0] += 1
    }
    #expect(checked.count == 2, "\(checked)")
  }

  private func entropy(
    _ logits: Tensor, _ golden: GoldenCase, _ fixture: StdlibFixture
  ) throws -> Tensor {
    let method = try fixture.catalogue.inputMethod("diagnostics/policy_entropy")
    let classes = logits.shape[2]
    let rows = try logits.logSoftmax().reshape(to: [logits.count / classes, classes])
    let value = try #require(fixture.session.tensor(method.evaluate(["log_prob": rows])))
    let weights = logits.graph.tensor(golden.inputs["w"]?.numbers ?? [])
    return try (value * weights).sum()
  }

  private func likelihood(
    _ logits: Tensor, _ golden: GoldenCase, _ fixture: StdlibFixture
  ) throws -> Tensor {
    let labels = try #require(golden.inputs["labels"])
    let graph = logits.graph
    let index = try graph.tensor(
      labels.numbers.map { Int64(max($0, 0)) }, shape: Shape(labels.dims))
    let mask = try graph.tensor(
      labels.numbers.map { $0 < 0 ? 0.0 : 1 }, shape: Shape(labels.dims))
    let chances = try logits.logSoftmax().gatherAlong(index.unsqueeze(-1))
    var batch = LossBatch()
    batch.chosen = LossBatch.Side(
      logProb: try (chances.reshape(to: index.shape) * mask).sum([1]), length: try mask.sum([1]))
    let loss = try fixture.catalogue.loss("losses/sft")
    return try loss.evaluate(batch, loss.resolve([:])).loss.tensor.mean()
  }

  private func checkLogits(_ golden: GoldenCase, _ fixture: StdlibFixture) throws {
    let graph = fixture.session.graph
    guard let given = golden.inputs["logits"], let reference = golden.inputs["ref_logits"],
      let labels = golden.inputs["labels"], let type = golden.params["loss_type"]?.text
    else { return }
    try fixture.session.holding {
      let logits = try graph.tensor(given.numbers, shape: Shape(given.dims))
      let index = try graph.tensor(
        labels.numbers.map { Int64(max($0, 0)) }, shape: Shape(labels.dims))
      let mask = try graph.tensor(
        labels.numbers.map { $0 < 0 ? 0.0 : 1 }, shape: Shape(labels.dims))
      let fixed = try graph.tensor(reference.numbers, shape: Shape(reference.dims))
      func sums(_ logits: Tensor) throws -> Tensor {
        let chances = try logits.logSoftmax().gatherAlong(index.unsqueeze(-1))
        return try (chances.reshape(to: index.shape) * mask).sum([1])
      }
      let (policy, frozen, lengths) = (try sums(logits), try sums(fixed), try mask.sum([1]))
      let half = labels.dims[0] / 2
      func side(_ start: Int) throws -> LossBatch.Side {
        LossBatch.Side(
          logProb: try policy.slice(0, start: start, count: half),
          refLogProb: try frozen.slice(0, start: start, count: half),
          length: try lengths.slice(0, start: start, count: half))
      }
      let names = ["sigmoid": "dpo", "ipo": "length_normalized_ipo", "hinge": "hinge"]
      let loss = try fixture.catalogue.loss(names[type] ?? type)
      let beta = golden.params["beta"]?.number ?? 0.1
      let result = try loss.evaluate(
        LossBatch(chosen: side(0), rejected: side(half)), loss.resolve(["beta": .number(beta)]))
      let value = try result.loss.tensor.mean()
      let gradient = try graph.gradient(of: value, withRespectTo: [logits])[0]
      expectClose(try value.item(), golden["loss"]?.number ?? .nan, .golden, golden.name)
      expectClose(
        try gradient.doubles(), golden.grads["logits"]?.numbers ?? [], .golden, golden.name)
    }
  }

  private func check(
    _ golden: GoldenCase, _ map: GoldenLossMap, _ fixture: StdlibFixture, _ title: String
  ) throws {
    try fixture.session.holding {
      let graph = fixture.session.graph
      var leaves: [String: Tensor] = [:]
      for (name, value) in golden.inputs where !value.numbers.isEmpty {
        leaves[name] = try graph.tensor(value.numbers, shape: Shape(value.dims))
      }
      let held = leaves.values.map(Handle.init)
      defer { withExtendedLifetime(held) {} }
      let loss = try fixture.catalogue.loss(map.method)
      var state: [String: Tensor] = [:]
      for entry in try loss.initialState(.float64) {
        state[entry.name] =
          try map.state[entry.name].map { try graph.tensor([$0], shape: []) }
          ?? entry.value
      }
      let batch = try batch(leaves, map, fixture)
      let result = try loss.evaluate(batch, loss.resolve(map.parameters), state: state)
      var value = try result.loss.tensor.mean() * map.factor
      if let (input, weight) = map.added, let extra = leaves[input] {
        value = try value + extra.mean() * weight
      }
      if let name = map.addedMean, let extra = leaves[name] {
        value = try value + extra.mean()
      }
      try compare(golden, value, leaves, map, title)
    }
  }

  private func batch(
    _ leaves: [String: Tensor], _ map: GoldenLossMap, _ fixture: StdlibFixture
  ) throws -> LossBatch {
    var batch = LossBatch()
    for (name, path) in map.fields {
      if let leaf = leaves[name] { batch.put(path, leaf) }
    }
    if map.unitLengths, let sample = leaves["pc"] {
      let ones = try fixture.session.graph.full(sample.shape, 1, .float64)
      batch.chosen?.length = ones
      batch.rejected?.length = ones
    }
    for side in [\LossBatch.chosen, \.rejected] {
      guard let tokens = batch[keyPath: side]?.tokenLogProbs, let mask = batch[keyPath: side]?.mask
      else { continue }
      batch[keyPath: side]?.logProb = try (tokens * mask).sum([1])
      batch[keyPath: side]?.length = try mask.sum([1])
    }
    guard let name = map.divergence else { return batch }
    let divergence = try fixture.catalogue.divergence(name)
    for keyPath in [\LossBatch.chosen, \LossBatch.rejected] {
      guard let policy = batch[keyPath: keyPath]?.logProb,
        let reference = batch[keyPath: keyPath]?.refLogProb
      else { continue }
      let score = try divergence.score(policy - reference, map.divergenceParameters)
      batch[keyPath: keyPath]?.logratio = score.tensor
    }
    return batch
  }

  private func compare(
    _ golden: GoldenCase, _ value: Tensor, _ leaves: [String: Tensor], _ map: GoldenLossMap,
    _ title: String
  ) throws {
    let graph = value.graph
    let names = golden.grads.keys.filter { leaves[$0] != nil }.sorted()
    let gradients = try graph.gradient(
      of: value, withRespectTo: names.compactMap { leaves[$0] })
    if let expected = golden["loss"]?.number, expected.isFinite {
      expectClose(try value.item(), expected, .golden, title)
    }
    for (name, gradient) in zip(names, gradients) {
      let actual = try gradient.doubles()
      let expected = golden.grads[name]?.numbers ?? []
      #expect(actual.count == expected.count, "\(title) \(name)")
      // The reference does not mask; what is no token has no derivative here.
      let mask = golden.inputs[name.replacing("tok", with: "mask")]?.numbers ?? []
      let isMasked = name.hasPrefix("tok")
      let sound = expected.indices.filter {
        !(isMasked && mask[$0] == 0) && $0 < actual.count && expected[$0].isFinite
          && !Self.isExtreme(golden, $0, map)
      }
      var tolerance = Tolerance.golden
      if map.divergence != nil {
        // Scores of size e^25 cancel; what is left is rounding of the largest.
        let largest = sound.map { abs(expected[$0]) }.max() ?? 0
        tolerance.absolute = max(tolerance.absolute, 1e-10 * largest)
      }
      expectClose(
        sound.map { actual[$0] }, sound.map { expected[$0] }, tolerance, "\(title) d/d\(name)")
    }
  }

  /// Rows whose forward or alpha scores reach 1e130, where one rounding moves everything.
  private static func isExtreme(
    _ golden: GoldenCase, _ row: Int, _ map: GoldenLossMap
  ) -> Bool {
    guard let divergence = map.divergence, !divergence.hasSuffix("js") else { return false }
    return [("pc", "rc"), ("pr", "rr")].contains { policy, reference in
      let (p, r) = (golden.inputs[policy]?.numbers ?? [], golden.inputs[reference]?.numbers ?? [])
      return row < min(p.count, r.count) && abs(p[row] - r[row]) >= 240
    }
  }
}
