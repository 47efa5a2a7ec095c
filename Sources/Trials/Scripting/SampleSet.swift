import Tasks

/// Texts drawn from a model, with the tokens they were drawn as.
final class SampleSet {
  let texts: [String]
  private let samples: [Sample]
  private let model: LanguageModel

  init(_ samples: [Sample], _ model: LanguageModel) throws {
    self.samples = samples
    self.model = model
    texts = try samples.map { try model.tokenizer.decode($0.tokens) }
  }

  /// Tokens of each sample, end-of-text included.
  var lengths: [Double] { samples.map { Double($0.logProbs.count) } }

  /// Share of samples that the model ended before the limit.
  var endedShare: Double {
    Double(samples.filter(\.hasEnded).count) / Double(max(samples.count, 1))
  }

  /// log pi(y) - log ref(y) of each sample, nats; its mean estimates KL(pi || ref).
  ///
  /// The reference scores the very tokens that were drawn, which need not be how its tokenizer
  /// would spell the text. A sample cut off at the limit is scored up to there.
  func logRatios(to reference: LanguageModel) throws -> [Double] {
    var sequences = TokenSequences()
    let end = model.tokenizer.endOfText
    for sample in samples {
      let tail = sample.hasEnded ? [end] : []
      sequences.append(([end] + sample.tokens + tail, 1))
    }
    let scorer = SequenceScorer(
      reference, buckets: LengthBuckets(fitting: sequences.lengths, count: 4))
    return zip(samples, try scorer.logProbs(sequences)).map { sample, score in
      sample.logProbs.reduce(0) { $0 + Double($1) } - score
    }
  }
}
