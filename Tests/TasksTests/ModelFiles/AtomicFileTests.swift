import Foundation
import Testing

@testable import Tasks

@Suite struct AtomicFileTests {
  @Test func appearsOnCommitOnly() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.txt", "old")
    do {
      var file = try AtomicFile(path)
      try file.write("new ")
      #expect(try folder.text("a.txt") == "old")
      try file.write(String(repeating: "x", count: 100_000))
      try Array("end".utf8).withUnsafeBytes { try file.write($0) }
      try file.commit()
    }
    #expect(try folder.text("a.txt") == "new " + String(repeating: "x", count: 100_000) + "end")
    #expect(try folder.names == ["a.txt"])
  }

  @Test func leavesNothingBehindWithoutCommit() throws {
    let folder = try TemporaryFolder()
    do {
      var file = try AtomicFile("\(folder.path)/b.txt")
      try file.write("lost")
    }
    #expect(try folder.names == [])
  }

  @Test func makesFolders() throws {
    let folder = try TemporaryFolder()
    var file = try AtomicFile("\(folder.path)/x/y/z.txt")
    try file.write("here")
    try file.commit()
    #expect(try folder.text("x/y/z.txt") == "here")
  }

  @Test func saysWhereItCannotWrite() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.file("plain", "")
    let message = faultMessage { _ = try AtomicFile("\(plain)/below.txt") }
    #expect(message.contains("cannot make the folder") || message.contains("cannot create"))
  }
}
