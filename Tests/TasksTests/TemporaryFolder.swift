import Foundation
import Testing

@testable import Tasks

/// A folder that is gone when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "perigee-tasks-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try file(name, bytes: Array(text.utf8))
  }

  func file(_ name: String, bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// Whether the movie reviews were fetched on this machine.
let movieReviewsAreHere = FileManager.default.fileExists(
  atPath: "\(RatedSnippets.movieReviewsFolder())/manifest.json")

/// The comment on a test that needs them.
let needsMovieReviews: Comment = "needs the movie reviews: run scripts/data first"

/// The message of the error that `body` must throw, without the folder of the file it names.
func faultMessage(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch let error as FileError {
    let name = (error.path as NSString).lastPathComponent
    return FileError(name, line: error.line, error.message).description
  } catch {
    return String(describing: error)
  }
}
