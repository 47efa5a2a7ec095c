import Foundation
import Testing
import Trials

@testable import perigee

/// What Tab offers.
@Suite struct CompleterTests {
  private let runner: ScriptRunner
  private let evaluator: Evaluator

  init() throws {
    runner = try ScriptTools.open(RunSettings())
    try runner.session.lua.run("pg = require 'perigee'", chunkName: "=test")
    let host = PromptHost(runner.catalogue) { 80 }
    evaluator = try Evaluator(runner.session, host)
  }

  private func words(_ text: String) -> [String] {
    Completer(runner, evaluator).offer(text).words
  }

  private func run(_ text: String) throws {
    guard case .ready(let piece) = try evaluator.read(text, name: "test") else {
      Issue.record("\(text) cannot be read")
      return
    }
    try evaluator.run(piece, number: 1)
  }

  @Test func globalsLocalsAndFields() throws {
    try run("local kept = { inner = { deep = 1, deeper = 2 }, [1] = 3 }")
    #expect(words("ke") == ["kept"])
    #expect(words("kept.") == ["inner"])
    #expect(words("kept.inner.d") == ["deep", "deeper"])
    #expect(words("kept['in") == ["inner"])
    #expect(words("pg.log_sig") == ["log_sigmoid"])
    #expect(words("missing.") == [])
    #expect(words("whi") == ["while"])
  }

  @Test func methodsOfTensorsStringsAndObjects() throws {
    try run("x, s, object = pg.ones(2), 'text', setmetatable({}, { __index = { open = print } })")
    #expect(words("x:log_sig") == ["log_sigmoid"])
    #expect(words("x.sha") == ["shape"])
    #expect(words("x:exp():softp") == ["softplus"])
    #expect(words("s:gm") == ["gmatch"])
    #expect(words("object:") == ["open"])
  }

  @Test func optionsOfCalls() throws {
    try run("dpo = pg.method('dpo')")
    #expect(words("pg.loss { k") == ["kind"])
    #expect(words("dpo(batch, { ") == ["beta", "label_smoothing"])
    #expect(words("dpo({ ch") == ["chosen"])
    #expect(words("pg.sum(x, { ax") == ["axes"])
    #expect(Completer(runner, evaluator).offer("pg.loss { kin").common == "kind = ")
    #expect(words("f { pg") == ["pg"])
  }

  @Test func methodNamesTopicsAndCommands() {
    #expect(words("pg.method('losses/dp") == ["losses/dpo"])
    #expect(words("?log_sig") == ["log_sigmoid"])
    #expect(words(":rel") == ["reload"])
    #expect(words(":check losses/dp") == ["losses/dpo"])
    #expect(words("pg.load('/etc/passw").contains("/etc/passwd"))
  }

  @Test func runsNobodysCode() throws {
    try run(
      "trap = setmetatable({}, { __index = function() hit = true error('ran') end, "
        + "__pairs = function() hit = true end, __len = function() hit = true end })")
    #expect(words("trap.") == [])
    #expect(words("trap:a") == [])
    #expect(words("trap.a.b") == [])
    #expect(words("trap['") == [])
    #expect(words("trap({ ") != [])
    #expect(try runner.session.lua.global("hit") == .nil)
  }

  @Test func listsInColumns() {
    #expect(
      CompletionKey.columns(["a", "bb", "c", "d", "e"], width: 8) == ["a   d", "bb  e", "c"])
    #expect(CompletionKey.columns(["abcdefgh"], width: 4) == ["abcdefgh"])
  }
}
