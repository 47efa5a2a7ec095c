import TensorCore

/// Made-up reviews with simulated raters: the stand-in for the movie reviews where those cannot be
/// fetched, and a world whose truth is known.
///
/// Sentences come from a small grammar; each word has a hidden worth. A rating is the mean worth of
/// the review's rated words, plus the rater's leniency, plus noise, rounded to -4 ... 4. As in the
/// real source, thirty reviews in a row have the same 15 to 20 raters and mostly one sign, and no
/// text is there twice.
public struct SyntheticReviews: Sendable {
  /// The reviews and their ratings; the source is called `synthetic`.
  public let source: RatedSnippets
  /// The worth of the grammar's single words, as a lexicon for scoring texts.
  public let lexicon: Lexicon

  /// Leniency of raters and noise of ratings, as standard deviations on the rating scale.
  private static let leniency = 0.4
  private static let noise = 1.1

  /// Makes a world.
  ///
  /// - Parameters:
  ///   - count: how many reviews; 10,000 at most differ enough.
  ///   - seed: everything follows from it.
  public init(count: Int = 3000, seed: UInt64 = 1) {
    let stream = RandomStream(seed: seed, name: "synthetic-reviews")
    let count = min(max(count, 0), 10_000)
    let blocks = (count + RatedSnippets.blockSize - 1) / RatedSnippets.blockSize
    var seen: Set<String> = []
    var snippets: [RatedSnippet] = []
    for block in 0..<blocks {
      var draws = stream.child("block").child(block)
      let raters = (0..<15 + draws.uniform(below: 6)).map { _ in Self.leniency * draws.normal() }
      let size = min(RatedSnippets.blockSize, count - snippets.count)
      for _ in 0..<size {
        let (text, worth) = Self.newReview(mostlyGood: 2 * block < blocks, &draws, &seen)
        snippets.append(
          RatedSnippet(
            id: snippets.count + 1, block: block, text: text,
            ratings: raters.map { leniency in
              let rating = (worth + leniency + Self.noise * draws.normal()).rounded()
              return Int(min(max(rating, -4), 4))
            }))
      }
    }
    source = RatedSnippets(name: "synthetic", snippets: snippets)
    lexicon = Lexicon(
      (SyntheticGrammar.good + SyntheticGrammar.bad).map {
        Lexicon.Entry(token: $0.text, score: $0.worth)
      })
  }

  /// A review whose text is not yet among the seen ones.
  private static func newReview(
    mostlyGood: Bool, _ draws: inout RandomStream, _ seen: inout Set<String>
  ) -> (text: String, worth: Double) {
    while true {
      let isGood = (draws.uniform() < 0.94) == mostlyGood
      let found = review(isGood: isGood, &draws)
      if seen.insert(found.text).inserted { return found }
    }
  }

  private static func review(
    isGood: Bool, _ draws: inout RandomStream
  ) -> (text: String, worth: Double) {
    var worths: [Double] = []
    let first = sentence(isGood: isGood, &worths, &draws)
    var text = first.prefix(1).uppercased() + first.dropFirst()
    if draws.uniform() < 0.6 {
      text += SyntheticGrammar.joints[draws.uniform(below: SyntheticGrammar.joints.count)]
      // Now and then the second half disagrees with the first.
      let agrees = draws.uniform() < 0.85
      text += sentence(isGood: agrees ? isGood : !isGood, &worths, &draws)
    }
    return (text + ".", worths.reduce(0, +) / Double(worths.count))
  }

  private static func sentence(
    isGood: Bool, _ worths: inout [Double], _ draws: inout RandomStream
  ) -> String {
    func pick<Element>(_ list: [Element]) -> Element { list[draws.uniform(below: list.count)] }
    let noun = pick(SyntheticGrammar.nouns)
    func quality() -> String {
      let degree = pick(SyntheticGrammar.degrees)
      let word = pick(isGood ? SyntheticGrammar.good : SyntheticGrammar.bad)
      worths.append(degree.worth * word.worth)
      return degree.text + word.text
    }
    func phrase() -> String {
      let phrase = pick(isGood ? SyntheticGrammar.goodPhrases : SyntheticGrammar.badPhrases)
      worths.append(phrase.worth)
      return phrase.text
    }
    switch draws.uniform(below: 5) {
    case 0: return "the \(noun) is \(quality())"
    case 1: return "the \(noun) is \(quality()) and \(quality())"
    case 2: return "this \(quality()) \(noun) \(phrase())"
    case 3: return "I saw this \(noun) \(pick(SyntheticGrammar.settings)) and it \(phrase())"
    default: return "one \(quality()) \(noun) with one \(quality()) \(pick(SyntheticGrammar.nouns))"
    }
  }
}
