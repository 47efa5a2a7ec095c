import Foundation
import LuaBindings
import Methods
import Testing

/// Exported LaTeX is set without an error, where this machine has a LaTeX (Debian:
/// texlive-latex-base); `scripts/verify-exports` sets the files of the whole library.
@Suite struct LaTeXSettingTests {
  private static let program = ["/usr/bin/pdflatex", "/usr/local/bin/pdflatex"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    .enabled(if: program != nil, "no pdflatex on this machine; install texlive-latex-base"),
    arguments: ["dpo", "bco_pair", "ld_dpo", "aot", "js", "plackett_luce", "general_preference"])
  func isSet(_ name: String) throws {
    let catalogue = try MethodCatalogue(StandardLibrary.find(), in: ScriptSession())
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try MethodExport(catalogue).text(name, to: .latex)
    try text.write(
      to: folder.appendingPathComponent("file.tex"), atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    process.arguments = ["-interaction=nonstopmode", "-halt-on-error", "file.tex"]
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let wrong = said.split(separator: "\n").first { $0.hasPrefix("!") } ?? ""
    #expect(process.terminationStatus == 0, "\(name): \(wrong)")
  }
}
