/// How tokens are drawn from a language model.
public struct SamplingOptions: Sendable, Hashable {
  /// Divides the logits; 0 takes the most likely token.
  public var temperature = 1.0
  /// Only so many most likely tokens can be drawn; 0 for all.
  public var topK = 0
  /// Only the most likely tokens that together have this probability can be drawn.
  public var topP = 1.0
  /// Tokens drawn at most, end-of-text included.
  public var limit = 48

  /// All tokens, as likely as the model says.
  public init() {}

  /// The first thing wrong with the options for a vocabulary, or nil.
  func fault(vocabulary: Int) -> String? {
    if !(temperature >= 0 && temperature.isFinite) {
      return "the temperature is \(temperature), expected 0 or more"
    }
    if topK < 0 || topK > vocabulary {
      return "top_k is \(topK), expected 0 to the \(vocabulary) tokens there are"
    }
    if !(topP > 0 && topP <= 1) { return "top_p is \(topP), expected above 0 and at most 1" }
    return limit < 1 ? "the limit is \(limit) tokens, expected at least 1" : nil
  }
}

/// Tokens drawn from a language model after a prompt.
public struct Sample: Sendable, Equatable {
  /// The tokens drawn, without end-of-text.
  public var tokens: [Int32] = []
  /// The model's log-probability of each token drawn (at temperature 1, from all tokens), the
  /// end-of-text last where there is one.
  public var logProbs: [Float] = []
  /// Whether the model ended the text; else the limit did.
  public var hasEnded = false

  /// Nothing drawn yet.
  public init() {}
}

/// A request that a sampler cannot meet.
public struct SamplingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was asked and what was expected.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
