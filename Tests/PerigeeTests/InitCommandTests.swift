import Foundation
import LuaBindings
import TensorCore
import Testing
import Trials

@testable import perigee

/// `perigee init`: a project that works as it is written, and stubs that follow the program.
@Suite struct InitCommandTests {
  @Test func theProjectIsSound() throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try program.run(["init", "mine"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("written  .luarc.json\n"))
    let names = ["my_loss", "my_divergence", "my_reward"].map { "mine/\($0).lua" }
    let check = try program.run(["check"] + names)
    #expect(check.status == 0, "\(check.output)")
    #expect(!check.output.contains("warning"), "\(check.output)")
    let folder = program.folder.appendingPathComponent("mine")
    let settings = try Data(contentsOf: folder.appendingPathComponent(".luarc.json"))
    #expect(try JSONSerialization.jsonObject(with: settings) is [String: Any])
  }

  @Test func specsOfTheProjectPass() throws {
    let program = try Program()
    defer { program.clean() }
    #expect(try program.run(["init"]).status == 0)
    let outcome = try program.run(["test"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output == "4 passed, 0 failed\n")
  }

  @Test func theAblationOfTheProjectRuns() throws {
    let program = try Program()
    defer { program.clean() }
    #expect(try program.run(["init"]).status == 0)
    let plan = try program.run(["ablate", "my_ablation.lua", "--dry-run"])
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("2: loss (dpo my_loss); compared with dpo"), "\(plan.output)")
    let small = ["--seeds", "2", "--budget", "2", "--set", "steps=20", "--quiet"]
    let outcome = try program.run(["ablate", "my_ablation.lua"] + small)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("my_loss"))
  }

  @Test func filesAreKeptAndStubsFollow() throws {
    let program = try Program()
    defer { program.clean() }
    #expect(try program.run(["init"]).status == 0)
    try program.write("my_loss.lua", "-- mine")
    let stubs = program.folder.appendingPathComponent("stubs/perigee.lua")
    let before = try String(contentsOf: stubs, encoding: .utf8)
    try program.write("stubs/perigee.lua", "-- old")
    let outcome = try program.run(["init"])
    #expect(outcome.output.contains("kept     my_loss.lua"))
    #expect(outcome.output.contains("updated  stubs/perigee.lua"))
    #expect(try String(contentsOf: stubs, encoding: .utf8) == before)
    let loss = program.folder.appendingPathComponent("my_loss.lua")
    #expect(try String(contentsOf: loss, encoding: .utf8) == "-- mine")
  }

  /// Regenerated, compared with the library as it is and with help, and read by Lua.
  @Test func stubsAndHelpSayTheSame() throws {
    let runner = try ScriptTools.open(RunSettings())
    let text = EditorStubs(runner).text
    #expect(text == EditorStubs(try ScriptTools.open(RunSettings())).text)
    let lines = Set(text.split(separator: "\n").map(String.init))
    let lua = runner.session.lua
    for name in lua.fields(ofLibrary: ScriptSession.libraryName) {
      #expect(lines.contains { $0.hasPrefix("function pg.\(name)(") }, "pg.\(name)")
    }
    for kind in lua.handleKinds {
      let type = StubTypes.className(kind.name)
      #expect(lines.contains("---@class \(type)"))
      for method in kind.methods {
        #expect(lines.contains { $0.hasPrefix("function \(type):\(method)(") }, "\(method)")
      }
    }
    for operation in Catalogue.operations where operation.isPublic {
      #expect(lines.contains("---\(operation.summary)"), "\(operation.name)")
      #expect(OperationPage(operation, nil).lines(.output)[1] == "  \(operation.summary)")
    }
    for sign in ["add", "sub", "mul", "div", "mod", "pow", "idiv"] {
      #expect(lines.contains("---@operator \(sign)(Tensor|number): Tensor"))
    }
    #expect(try lua.run(text, chunkName: "=stubs").first?.tableValue != nil)
  }

  @Test(arguments: [
    (
      "pg.full(shape, number [, { dtype = }])", "full",
      ["shape any", "number any", "options? table"]
    ),
    ("pg.rand(shape... [, { dtype = }])", "rand", ["... any"]),
    ("pg.run { name =, seed = }", "run", ["options table"]),
    ("pg.grad(f [, { argnums = }])   pg.grad(loss, tensors)", "grad", ["f any", "options? table"]),
    ("pg.loss { kind = }", "loss", ["declaration LossDeclaration"]),
    ("", "unknown", ["... any"]),
  ])
  func signaturesAreRead(_ line: String, _ name: String, _ expected: [String]) {
    let signature = StubSignature(line, name: name, isMethod: false)
    #expect(signature.parameters.map { "\($0.name)\($0.mark) \($0.type)" } == expected)
  }
}
