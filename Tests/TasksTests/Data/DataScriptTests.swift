import Foundation
import Testing

@testable import Tasks

/// `scripts/data`, as far as it goes without a network.
@Suite struct DataScriptTests {
  private func run(_ arguments: [String], data: String) throws -> (code: Int32, text: String) {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = root.appendingPathComponent("scripts/data")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["PERIGEE_DATA": data]) {
      $1
    }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test func usageIsExitCodeTwo() throws {
    let folder = try TemporaryFolder()
    for arguments in [["--frobnicate"], ["--archive"]] {
      let (code, text) = try run(arguments, data: folder.path)
      #expect(code == 2)
      #expect(text.contains("scripts/data --archive FILE"))
    }
  }

  @Test func anotherArchiveIsRefused() throws {
    let folder = try TemporaryFolder()
    let wrong = try folder.file("wrong.tar.gz", "not it")
    let (code, text) = try run(["--archive", wrong], data: "\(folder.path)/data")
    #expect(code == 1)
    #expect(text.contains("expected 5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b8370384963"))
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/data")
    #expect(left.isEmpty)
  }

  @Test(.enabled(if: movieReviewsAreHere, needsMovieReviews))
  func aSecondRunDoesNothing() throws {
    let folder = (RatedSnippets.movieReviewsFolder() as NSString).deletingLastPathComponent
    let (code, text) = try run([], data: folder)
    #expect(code == 0)
    #expect(text.hasPrefix("movie reviews: already in "))
  }
}
