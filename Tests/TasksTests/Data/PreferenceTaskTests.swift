import Notation
import Testing

@testable import Tasks

@Suite struct PreferenceTaskTests {
  private func options(seed: UInt64 = 1) -> PreferenceTask.Options {
    var options = PreferenceTask.Options()
    options.counts = [.train: 60, .validation: 20, .test: 30]
    options.seed = seed
    return options
  }

  @Test func pairsComeFromTheirPart() throws {
    let task = try PreferenceTask(smallSource(), options: options())
    for part in SnippetSplit.Part.allCases {
      let ids = Set(task.split[part].map(\.id))
      let pairs = task.pairs(part)
      #expect(pairs.count == options().counts[part])
      #expect(pairs.allSatisfy { ids.contains($0.chosen.snippet.id) })
      #expect(pairs.allSatisfy { ids.contains($0.rejected.snippet.id) })
    }
  }

  @Test func shufflingLeavesTheTestAlone() throws {
    let plain = try PreferenceTask(smallSource(), options: options())
    var shuffling = options()
    shuffling.shufflesLabels = true
    let shuffled = try PreferenceTask(smallSource(), options: shuffling)
    #expect(plain.pairs(.test) == shuffled.pairs(.test))
    #expect(plain.pairs(.train) != shuffled.pairs(.train))
    #expect(plain.pairs(.validation) != shuffled.pairs(.validation))
    #expect(plain.split == shuffled.split)
  }

  @Test func writesFilesThatLoad() throws {
    let folder = try TemporaryFolder()
    let task = try PreferenceTask(smallSource(), options: options())
    try task.write(to: "\(folder.path)/task")
    let rows = try PreferenceSet.load("\(folder.path)/task/train.jsonl")
    #expect(rows == task.preferences(.train))
    #expect(rows.prompts.allSatisfy { $0.isEmpty })
    #expect(rows.column("chosen_crowd") == task.pairs(.train).map(\.chosen.crowd))
    #expect(
      rows.column("rejected_block") == task.pairs(.train).map { Double($0.rejected.snippet.block) })
    #expect(
      rows.columns.map(\.name) == [
        "chosen_block", "chosen_crowd", "chosen_id", "chosen_rating",
        "rejected_block", "rejected_crowd", "rejected_id", "rejected_rating",
      ])
    let corpus = try TextCorpus(path: "\(folder.path)/task/train.txt")
    #expect(corpus.documents == task.split.train.map(\.text))
    let summary = try JSONValue.read(from: "\(folder.path)/task/task.json")
    #expect(summary["pairs"]?.string == "two-rater")
    #expect(summary["pair_counts"]?["test"]?.int == 30)
  }

  @Test func sameSeedSameFiles() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("a", 1), ("b", 1), ("c", 2)] as [(String, UInt64)] {
      try PreferenceTask(smallSource(), options: options(seed: seed))
        .write(to: "\(folder.path)/\(name)")
    }
    for file in ["train.jsonl", "test.jsonl", "task.json"] {
      #expect(try folder.text("a/\(file)") == folder.text("b/\(file)"))
      #expect(try folder.text("a/\(file)") != folder.text("c/\(file)"))
    }
  }

  @Test func seedsShareTheSplit() throws {
    var options = options()
    let first = try PreferenceTask(smallSource(), options: options)
    options.seed = 2
    let second = try PreferenceTask(smallSource(), options: options)
    #expect(first.split == second.split)
    #expect(first.pairs(.test) != second.pairs(.test))
    options.splitSeed = 1
    #expect(try PreferenceTask(smallSource(), options: options).split != second.split)
  }

  /// What an honest reader needs to judge accuracies on these pairs.
  @Test(.enabled(if: movieReviewsAreHere, needsMovieReviews))
  func theRealReviews() throws {
    let lexicon = try Lexicon.movieReviews()
    let source = try RatedSnippets.movieReviews()
    for kind in PairKind.allCases {
      var options = PreferenceTask.Options()
      options.pairs = kind
      let pairs = try PreferenceTask(source, options: options).pairs(.test)
      #expect(pairs.count == 4000)
      func accuracy(_ score: (RatedPair.Side) -> Double) -> Double {
        pairs.map { pair in
          let (better, worse) = (score(pair.chosen), score(pair.rejected))
          return better > worse ? 1 : better == worse ? 0.5 : 0
        }.reduce(0, +) / Double(pairs.count)
      }
      let crowd = accuracy { $0.crowd }
      let words = accuracy { lexicon.scorePerWord($0.snippet.text) }
      print("\(kind.rawValue): crowd ceiling \(crowd), lexicon per word \(words)")
      #expect(crowd > (kind == .twoRater ? 0.86 : 0.6))
      #expect(words > (kind == .twoRater ? 0.6 : 0.5))
      #expect(crowd > words)
    }
  }
}
