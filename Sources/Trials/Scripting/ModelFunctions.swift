import Learning
import LuaBindings
import LuaRuntime
import Tasks
import TensorCore

/// `pg.train_tokenizer`, `pg.language_model` and what their results can do.
enum ModelFunctions {
  static func all(_ host: ScriptHost) -> [NativeFunction] {
    [trainTokenizer(host), languageModel(host), loadModel(host)]
  }

  private static func trainTokenizer(_ host: ScriptHost) -> NativeFunction {
    .general("train_tokenizer") { call in
      let options = try OptionTable(call[1], "train_tokenizer", known: ["vocabulary"])
      let size = try options.integer("vocabulary", 1024, in: 257...1_000_000)
      return [
        host.tokenizers.give(
          try BytePairTrainer.train(
            call[0].texts("train_tokenizer"), options: .init(vocabularySize: size)))
      ]
    }
  }

  private static func languageModel(_ host: ScriptHost) -> NativeFunction {
    .general("language_model") { call in
      let options = try OptionTable(
        call[1], "language_model",
        known: [
          "width", "layers", "heads", "key_value_heads", "hidden", "length", "dropout", "seed",
        ])
      let tokenizer = try host.tokenizers(call, 0)
      var shape = TransformerShape(vocabulary: tokenizer.vocabularySize)
      let sizes = 1...1_000_000
      shape.width = try options.integer("width", shape.width, in: sizes)
      shape.layers = try options.integer("layers", shape.layers, in: sizes)
      shape.heads = try options.integer("heads", shape.heads, in: sizes)
      shape.keyValueHeads = try options.integer("key_value_heads", shape.heads, in: sizes)
      shape.hidden = try options.integer("hidden", shape.width * 11 / 4, in: sizes)
      shape.length = try options.integer("length", shape.length, in: sizes)
      shape.dropout = try options.number("dropout", 0)
      let seed = UInt64(try options.integer("seed", 1, in: 0...Int.max))
      return try host.keeping {
        [
          host.models.give(
            try LanguageModel(shape, tokenizer: tokenizer, graph: host.graph, seed: seed))
        ]
      }
    }
  }

  private static func loadModel(_ host: ScriptHost) -> NativeFunction {
    .general("load_language_model") { call in
      try host.keeping {
        [host.models.give(try LanguageModel(folder: call.string(0), graph: host.graph))]
      }
    }
  }

  static func methods(_ host: ScriptHost) -> [NativeFunction] {
    [
      .general("copy") { call in
        try host.keeping { [host.models.give(try host.models(call, 0).copy(trainable: true))] }
      },
      .general("frozen") { call in
        try host.keeping { [host.models.give(try host.models(call, 0).copy(trainable: false))] }
      },
      .general("parameter_count") { call in
        [.integer(try host.models(call, 0).parameterCount)]
      },
      .general("save") { call in
        try host.models(call, 0).save(to: call.string(1))
        return []
      },
      logProbs(host), sample(host), coverage(host),
    ]
  }

  /// `model:log_probs(texts)`: the log-probability of each text, and its number of tokens.
  private static func logProbs(_ host: ScriptHost) -> NativeFunction {
    .general("log_probs") { call in
      let model = try host.models(call, 0)
      let texts = try call[1].texts("log_probs")
      let sequences = TokenSequences(model, prompts: texts.map { _ in "" }, completions: texts)
      let longest = sequences.lengths.enumerated().max { $0.element < $1.element }
      if let longest, longest.element > model.shape.length {
        throw DeclarationError(
          "log_probs: text \(longest.offset + 1) has \(longest.element) tokens, the model at most "
            + "\(model.shape.length)")
      }
      return try host.keeping {
        let scorer = SequenceScorer(
          model, buckets: LengthBuckets(fitting: sequences.lengths, count: 4))
        let lengths = (0..<sequences.count).map { Double(sequences.scoredLength($0)) }
        let scores = try scorer.logProbs(sequences)
        host.graph.sweep()
        return [.list(scores), .list(lengths)]
      }
    }
  }

  /// `model:coverage(texts)`: the share of texts that fit into the model's length.
  private static func coverage(_ host: ScriptHost) -> NativeFunction {
    .general("coverage") { call in
      let model = try host.models(call, 0)
      let texts = try call[1].texts("coverage")
      let sequences = TokenSequences(model, prompts: texts.map { _ in "" }, completions: texts)
      let fitting = sequences.fitting(model.shape.length).count
      return [.number(Double(fitting) / Double(max(texts.count, 1)))]
    }
  }

  /// `model:sample { count =, seed =, temperature =, top_k =, top_p =, length = }`.
  private static func sample(_ host: ScriptHost) -> NativeFunction {
    .general("sample") { call in
      let model = try host.models(call, 0)
      let options = try OptionTable(
        call[1], "sample",
        known: ["count", "seed", "temperature", "top_k", "top_p", "length"])
      var sampling = SamplingOptions()
      sampling.temperature = try options.number("temperature", 1)
      sampling.topK = try options.integer("top_k", 0, in: 0...Int.max)
      sampling.topP = try options.number("top_p", 1)
      sampling.limit = try options.integer("length", model.shape.length, in: 1...Int.max)
      let seed = UInt64(try options.integer("seed", 1, in: 0...Int.max))
      let count = try options.integer("count", 16, in: 1...1_000_000)
      return try host.keeping {
        let sampler = try TextSampler(
          model, options: sampling, stream: RandomStream(seed: seed, name: "samples"))
        let drawn = try sampler.sample(count)
        host.graph.sweep()
        return [host.samples.give(try SampleSet(drawn, model))]
      }
    }
  }

  static func tokenizerMethods(_ host: ScriptHost) -> [NativeFunction] {
    [
      .general("encode") { call in
        let ids = try host.tokenizers(call, 0).encode(try call.string(1))
        return [.table(LuaTable(items: ids.map { .integer(Int($0) + 1) }))]
      },
      .general("decode") { call in
        let tokenizer = try host.tokenizers(call, 0)
        let ids = try call.table(1).items.map { item -> Int32 in
          guard let id = item.integerValue, (1...tokenizer.vocabularySize).contains(id) else {
            throw DeclarationError(
              "decode: expected token ids in 1...\(tokenizer.vocabularySize)")
          }
          return Int32(id - 1)
        }
        return [.string(try tokenizer.decode(ids))]
      },
      .general("save") { call in
        try host.tokenizers(call, 0).save(to: call.string(1))
        return []
      },
    ]
  }

  static func sampleMethods(_ host: ScriptHost) -> [NativeFunction] {
    [
      .general("texts") { call in [.list(try host.samples(call, 0).texts)] },
      .general("lengths") { call in [.list(try host.samples(call, 0).lengths)] },
      .general("ended") { call in [.number(try host.samples(call, 0).endedShare)] },
      .general("kl") { call in
        let samples = try host.samples(call, 0)
        let reference = try host.models(call, 1)
        return try host.keeping {
          let ratios = try samples.logRatios(to: reference)
          host.graph.sweep()
          return [.list(ratios)]
        }
      },
    ]
  }
}
