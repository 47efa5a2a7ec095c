/// The words and sentence shapes of the synthetic reviews, with what each word is worth.
enum SyntheticGrammar {
  /// A word or phrase and its hidden worth on the rating scale, -4 to 4.
  struct Word: Sendable {
    let text: String
    let worth: Double

    init(_ text: String, _ worth: Double) {
      self.text = text
      self.worth = worth
    }
  }

  static let good = [
    Word("superb", 3.4), Word("brilliant", 3.3), Word("wonderful", 3.1), Word("gripping", 2.7),
    Word("moving", 2.5), Word("hilarious", 2.8), Word("charming", 2.3), Word("clever", 2.2),
    Word("warm", 1.8), Word("fresh", 1.9), Word("honest", 1.7), Word("graceful", 2.1),
    Word("thrilling", 2.6), Word("touching", 2.2), Word("lovely", 2.4), Word("sharp", 1.5),
    Word("vivid", 1.7), Word("playful", 1.6), Word("pleasant", 1.4), Word("decent", 0.9),
    Word("watchable", 0.8), Word("likeable", 1.3), Word("rewarding", 2.0), Word("daring", 1.6),
  ]

  static let bad = [
    Word("dreadful", -3.4), Word("awful", -3.2), Word("terrible", -3.1), Word("tedious", -2.6),
    Word("boring", -2.5), Word("clumsy", -2.0), Word("pointless", -2.7), Word("lifeless", -2.4),
    Word("stale", -1.8), Word("shallow", -1.9), Word("muddled", -1.7), Word("noisy", -1.2),
    Word("predictable", -1.5), Word("forgettable", -1.6), Word("dull", -2.1), Word("weak", -1.6),
    Word("silly", -0.9), Word("slow", -0.8), Word("messy", -1.4), Word("annoying", -2.2),
    Word("lazy", -2.0), Word("cold", -1.1), Word("painful", -2.5), Word("empty", -1.9),
  ]

  static let goodPhrases = [
    Word("made me laugh out loud", 2.6), Word("stayed with me for days", 2.4),
    Word("kept me on the edge of my seat", 2.7), Word("earns every minute", 2.5),
    Word("is worth the ticket", 1.8), Word("gets better as it goes", 1.5),
    Word("knows its people well", 1.6), Word("never puts a foot wrong", 2.8),
  ]

  static let badPhrases = [
    Word("put me to sleep", -2.6), Word("lost me halfway through", -2.0),
    Word("made me check my watch", -1.9), Word("goes nowhere", -2.2),
    Word("is a waste of time", -3.0), Word("never finds its feet", -1.6),
    Word("wears out its welcome", -1.8), Word("should have been half as long", -1.5),
  ]

  static let nouns = [
    "film", "movie", "comedy", "thriller", "story", "sequel", "script", "cast", "plot", "ending",
    "score", "camera work", "lead actor", "director", "pacing", "first act", "last scene",
    "romance", "villain", "dialogue", "remake", "mystery", "western", "cartoon",
  ]

  static let degrees = [
    Word("", 1), Word("", 1), Word("very ", 1.25), Word("truly ", 1.3), Word("rather ", 0.85),
    Word("quite ", 0.95), Word("slightly ", 0.5), Word("often ", 0.7),
  ]

  static let settings = [
    "on a rainy Sunday", "with my brother", "at the old cinema", "after a long week",
    "without any expectations", "for the second time", "with a full house", "late at night",
    "on the big screen", "with three friends", "because of the poster", "in one sitting",
  ]

  static let joints = [", and ", "; ", ", while ", ", though "]
}
