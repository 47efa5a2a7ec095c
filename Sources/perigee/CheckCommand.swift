import ArgumentParser
import Foundation
import Methods
import Trials

/// `perigee check METHOD`: whether a method computes what it says.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check methods: gradient, finiteness, shape, laws and examples.",
    discussion: """
      Compares the gradient with central differences and float32 with float64, looks for NaN and
      infinity at margins to 1000, at ties and in a batch of one, changes the order of the batch,
      and checks what the header promises. Of a loss it tells the shape over the margin, the cost,
      and which known loss it equals; of a divergence, whether f-DPO can use it. Exit code 1 when
      a check fails; warnings do not count.
      """)

  @Argument(help: "Methods such as dpo or losses/dpo, or Lua files.")
  var methods: [String] = []

  @Flag(help: "Check every method of the standard library.")
  var all = false

  func validate() throws {
    guard all != methods.isEmpty else { return }
    throw ValidationError(
      all ? "--all takes no methods" : "name a method or a file, or give --all")
  }

  func run() throws {
    let runner = try ScriptRunner()
    InterruptSignal.watch(runner.session.lua.control)
    let check = MethodCheck(runner.catalogue, isThorough: !all)
    let names = all ? runner.catalogue.library.entries.map(\.name) : methods
    var failed = 0
    for name in names {
      let report = try check.run(name)
      for line in CheckPage(report).lines(Terminal.output) { print(line) }
      if !report.isPassing { failed += 1 }
    }
    if names.count > 1 { print("\(names.count) checked, \(failed) failed") }
    if failed > 0 { throw ReportedFailure() }
  }
}
