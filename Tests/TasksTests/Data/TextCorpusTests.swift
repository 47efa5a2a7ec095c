import Testing

@testable import Tasks

@Suite struct TextCorpusTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func oneDocumentALine() throws {
    let path = try folder.file("t.txt", "\u{FEFF}one\r\n\r\n  two \n\nthree")
    #expect(try TextCorpus(path: path).documents == ["one", "  two ", "three"])
  }

  @Test func wholeFileIsOneDocument() throws {
    let path = try folder.file("t.txt", "one\r\n\r\ntwo\n")
    #expect(try TextCorpus(path: path, layout: .whole).documents == ["one\n\ntwo"])
  }

  @Test func emptyFilesAreRefused() throws {
    let path = try folder.file("t.txt", " \n\n")
    for layout in TextCorpus.Layout.allCases {
      let message = faultMessage { _ = try TextCorpus(path: path, layout: layout) }
      #expect(message == "t.txt: expected text, found none")
    }
  }

  @Test func writesOneDocumentALine() throws {
    let path = "\(folder.path)/out.txt"
    try TextCorpus(documents: ["a\r\nb", "c"]).write(to: path)
    #expect(try TextCorpus(path: path).documents == ["a b", "c"])
  }
}
