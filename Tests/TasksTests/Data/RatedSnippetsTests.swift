import Testing

@testable import Tasks

@Suite struct RatedSnippetsTests {
  private let folder: TemporaryFolder
  private let texts = "movieReviewSnippets_GroundTruth.txt"
  private let ratings = "movieReviewSnippets_anonDataRatings.txt"

  init() throws { folder = try TemporaryFolder() }

  private func read(_ texts: String, _ ratings: String) throws -> RatedSnippets {
    _ = try folder.file(self.texts, texts)
    _ = try folder.file(self.ratings, ratings)
    return try RatedSnippets.movieReviews(folder: folder.path)
  }

  private func fault(_ texts: String, _ ratings: String) -> String {
    faultMessage { _ = try read(texts, ratings) }
  }

  @Test func joinsByIdAndFindsBlocks() throws {
    let source = try read(
      "31\t1.5\tGood\tfun.\r\n30\t-1\tBad.\r\n1\t0\tBad.",
      "1\t0\t1\t[1, -1]\r\n30\t-1\t0\t[-1, -1]\r\n31\t1.5\t0.5\t[1, 2,  0]")
    #expect(source.snippets.map(\.id) == [1, 31])
    #expect(source.snippets.map(\.block) == [0, 1])
    #expect(source.snippets[1].text == "Good\tfun.")
    #expect(source.snippets[1].ratings == [1, 2, 0])
    #expect(source.snippets[1].mean == 1)
    #expect(source.snippets[1].mean(without: 1) == 0.5)
    #expect(source.duplicateCount == 1)
  }

  @Test func faultsNameTheLine() {
    #expect(
      fault("1\t0", "1\t0\t0\t[0]")
        == "\(texts):1: expected 3 fields separated by tabs (id, mean, text), found 2")
    #expect(
      fault("0\t0\ta", "1\t0\t0\t[0]")
        == "\(texts):1: expected an id of 1 or more, found \"0\"")
    #expect(fault("1\t0\ta\n1\t0\tb", "1\t0\t0\t[0]") == "\(texts):2: the id 1 is there twice")
    #expect(fault("1\t0\ta\n2\t0\tb", "1\t0\t0\t[0]") == "\(texts):2: no ratings of the id 2")
    #expect(fault("1\t0\ta", "1\t0\t0\t[0]\n2\t0\t0\t[0]") == "\(ratings):2: no text of the id 2")
    #expect(
      fault("1\t0\ta", "1\t0\t0\t[0, 5]")
        == "\(ratings):1: expected a list of ratings from -4 to 4 such as [2, -1], "
        + "found \"5\" in it")
    #expect(
      fault("1\t0\ta\n2\t0\tb", "1\t0\t0\t[0]\n2\t0\t0\t[0, 1]")
        == "\(ratings):2: expected 1 ratings as in the rest of block 0, found 2")
    #expect(
      faultMessage { _ = try RatedSnippets.movieReviews(folder: "/none/such") }
        == "such: no movie reviews here; run scripts/data to fetch them")
  }

  @Test func findsTheDataFolder() {
    #expect(
      RatedSnippets.movieReviewsFolder(environment: ["PERIGEE_DATA": "/d", "HOME": "/h"])
        == "/d/movie-reviews")
    #expect(
      RatedSnippets.movieReviewsFolder(environment: ["XDG_DATA_HOME": "/x"])
        == "/x/perigee/movie-reviews")
    #expect(
      RatedSnippets.movieReviewsFolder(environment: ["HOME": "/h"])
        == "/h/.local/share/perigee/movie-reviews")
  }

  @Test(.enabled(if: movieReviewsAreHere, needsMovieReviews))
  func theRealReviews() throws {
    let source = try RatedSnippets.movieReviews()
    #expect(source.snippets.count == 10_603)
    #expect(source.duplicateCount == 2)
    #expect(Set(source.snippets.map(\.block)).count == 354)
    let ratings = source.snippets.map(\.ratings.count).reduce(0, +)
    #expect(ratings > 198_000 && ratings <= 198_810)
    #expect(abs(source.snippets[0].mean - 2.266_666_666_67) < 1e-9)
    #expect(source.snippets[2].text == "Effective but too tepid biopic")
  }
}
