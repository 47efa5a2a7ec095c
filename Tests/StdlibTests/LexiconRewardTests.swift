import Foundation
import LuaBindings
import LuaRuntime
import Tasks
import Testing

/// The reward written in Lua against the lexicon written in Swift.
@Suite struct LexiconRewardTests {
  @Test func agreesWithTheNativeLexicon() throws {
    let path = NSTemporaryDirectory() + "perigee-lexicon-\(UUID().uuidString).txt"
    let list = "good\t1.9\t0.9\t[2, 1]\nBad\t-2.5\t0.6\nbad\t9\n:)\t2.0\n\nterrible\t-2.1\n"
    try list.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let native = try Lexicon(path: path)
    let fixture = try StdlibFixture()
    let reward = try fixture.catalogue.reward("lexicon", ["lexicon": .text(path)])
    let texts = [
      "Good, good movie :)", "a BAD one!", "", "   ", "terrible... (terrible)", "nothing here",
      ":) ... !!!",
    ]
    for text in texts {
      #expect(try reward.score(text) == native.scorePerWord(text), "\(text)")
    }
  }

  @Test func badFilesAreNamed() throws {
    let fixture = try StdlibFixture()
    let path = NSTemporaryDirectory() + "perigee-lexicon-\(UUID().uuidString).txt"
    try "good\tvery\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let failure = #expect(throws: LuaError.self) {
      try fixture.catalogue.reward("lexicon", ["lexicon": .text(path)])
    }
    #expect(failure?.description.contains("\(path):1: expected a token") == true)
  }
}
