import Ablation
import Discovery
import LuaBindings
import LuaRuntime
import Methods
import Report
import Trials

/// What the program adds to the library that scripts and the prompt see.
enum ScriptTools {
  /// A runner whose library has everything: measuring, checking, loading.
  @Sendable static func open(_ settings: RunSettings) throws -> ScriptRunner {
    let runner = try ScriptRunner(settings)
    try AblationFunctions.register(in: runner.session)
    try MeasureFunctions.register(in: runner.session)
    try DiscoveryFunctions.register(in: runner.session)
    try runner.session.lua.register(LuaMetatable(name: "check", metamethods: [text]))
    try runner.session.register([check(runner.catalogue), load])
    try ConfinedFunction.register(in: runner.session)
    try PlotFunctions.register(runner.catalogue, screen: Terminal.screen)
    return runner
  }

  /// `pg.check(method)`: what `perigee check` tells; a table with `passed` that prints it.
  private static func check(_ catalogue: MethodCatalogue) -> NativeFunction {
    .general("check") { [unowned catalogue] call in
      let name = try call[0].tableValue == nil ? call.string(0) : catalogue.adopt(call[0])
      let report = try MethodCheck(catalogue, isThorough: true).run(name)
      let findings = report.findings.map { finding in
        LuaValue.table(
          LuaTable([
            "severity": .string(finding.severity.rawValue), "check": .string(finding.check),
            "message": .string(finding.message),
          ]))
      }
      let page = CheckPage(report).lines(Terminal.output).joined(separator: "\n")
      return [
        .table(
          LuaTable(
            [
              "passed": .boolean(report.isPassing), "text": .string(page),
              "findings": .table(LuaTable(items: findings)),
            ], className: "check"))
      ]
    }
  }

  private static var text: NativeFunction {
    .general("__tostring") { call in [.string(call[0].tableValue?["text"].stringValue ?? "")] }
  }

  /// `pg.load(file)`: runs a file and gives what it returns.
  private static var load: NativeFunction {
    .general("load") { call in
      try call.state.runFile(LoadedFile.path(call.string(0)))
    }
  }
}
