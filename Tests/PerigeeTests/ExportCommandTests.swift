import Foundation
import Testing

/// `perigee export` as users call it, and what the files compute.
@Suite struct ExportCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  @Test func writesAFile() throws {
    defer { program.clean() }
    let outcome = try program.run([
      "export", "f_dpo", "--to", "torch", "--divergence", "js", "--beta", "0.3", "-o", "out.py",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    let text = try String(
      contentsOf: program.folder.appendingPathComponent("out.py"), encoding: .utf8)
    #expect(text.contains("def f_dpo("))
    #expect(text.contains("beta=0.3"))
    #expect(text.contains("class FDpoLossTrainer(DPOTrainer):"))
  }

  @Test(arguments: [
    (["export", "dpo", "--to", "tensorflow"], "formats are torch, jax, latex, lua", Int32(2)),
    (["export", "dpo", "--to", "lua", "--bta", "1"], "--bta", 2),
    (["export", "dpoo", "--to", "lua"], "did you mean", 1),
    (["export", "lexicon", "--to", "jax"], "a reward is a program rather than one formula", 1),
  ])
  func mistakesAreNamed(_ arguments: [String], _ message: String, _ status: Int32) throws {
    defer { program.clean() }
    let outcome = try program.run(arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  /// Runs where Python has PyTorch (Debian: python3-torch); `scripts/verify-exports` tries JAX too.
  @Test func filesComputeTheSameInPyTorch() throws {
    defer { program.clean() }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardizedFileURL
    let process = Process()
    process.executableURL = root.appendingPathComponent("scripts/verify-exports")
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment
      .merging(["PERIGEE": Program.executable.path]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    for line in text.split(separator: "\n") where line.hasPrefix("skipped") { print(line) }
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("all agree") || text.contains("skipped: python3 has no torch"))
  }
}
