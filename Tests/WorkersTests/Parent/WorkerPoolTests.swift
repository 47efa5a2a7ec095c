import Foundation
import LuaRuntime
import Testing

@testable import Workers

@Suite(.serialized) struct WorkerPoolTests {
  private func failure(
    _ source: String, _ budget: Budget = .candidate, _ pool: WorkerPool = TestPool.shared
  ) -> EvaluationFailure? {
    switch pool.evaluate(ScriptEvaluation(source: source), budget: budget) {
    case .success(let found):
      Issue.record("\(source) gave \(found.answer.numbers)")
      return nil
    case .failure(let failure): return failure
    }
  }

  @Test func answersComeBack() throws {
    let found = try TestPool.shared.evaluate(
      ScriptEvaluation(source: "return 1, true, {2, 3}, require 'perigee'.tensor{4, 5}")
    ).get()
    #expect(found.answer.numbers == [1, 1, 2, 3, 4, 5])
    #expect(found.use.instructions > 0)
    #expect(found.use.peakBytes > 0)
  }

  @Test func numbersThatAreNotFiniteComeBack() throws {
    let found = try TestPool.shared.evaluate(
      ScriptEvaluation(source: "return 0/0, 1/0, -1/0, 5e-324, 0.1")
    ).get().answer.numbers
    #expect(found[0].isNaN && found[1] == .infinity && found[2] == -.infinity)
    #expect(found[3] == Double.leastNonzeroMagnitude && found[4] == 0.1)
  }

  @Test func sameSeedSameNumbers() throws {
    let source = "return math.random(1 << 40), require 'perigee'.randn(3)"
    func draw(_ seed: UInt64) throws -> [Double] {
      try TestPool.shared.evaluate(ScriptEvaluation(source: source), seed: seed).get()
        .answer.numbers
    }
    #expect(try draw(7) == draw(7))
    #expect(try draw(7) != draw(8))
  }

  @Test func nothingIsKeptBetweenEvaluations() throws {
    for _ in 1...3 {
      let found = try TestPool.shared.evaluate(
        ScriptEvaluation(source: "count = 1 local t = math return count")
      ).get()
      #expect(found.answer.numbers == [1])
    }
    #expect(failure("return count")?.message.contains("has no 'count'") == true)
  }

  @Test func errorsNameTheLine() throws {
    let found = failure("local x = 1\nerror('no good')")
    #expect(found?.reason == .script)
    #expect(found?.message == "candidate.lua:2: no good")
    #expect(found?.line == 2)
    #expect(failure("x = = 1")?.reason == .script)
  }

  @Test func budgetsAreReported() throws {
    let before = TestPool.shared.counts.started
    let spun = failure("\nwhile true do end", Budget(instructions: 100_000, seconds: 5))
    #expect(spun?.reason == .budget && spun?.resource == .instructions && spun?.line == 2)
    let late = failure("while true do end", Budget(seconds: 0.1))
    #expect(late?.reason == .budget && late?.resource == .timeLimit)
    let large = failure(
      "return require 'perigee'.randn(1 << 26):sum():item()", Budget(seconds: 5, memory: 32 << 20))
    #expect(large?.reason == .budget && large?.resource == .memory)
    #expect(TestPool.shared.counts.started > before)
  }

  /// The worker crashes by a signal it sends itself, is killed, or is silent.
  @Test(arguments: ConfinementTest.Attempt.allCases)
  func workersAreConfined(_ attempt: ConfinementTest.Attempt) throws {
    switch TestPool.shared.evaluate(ConfinementTest(attempt)) {
    case .success(let found):
      #expect(found.answer.errorNumber != 0, "\(attempt) was allowed")
      #expect([.openFile].contains(attempt), "\(attempt) did not end the worker")
    case .failure(let failure): #expect(failure.reason == .forbidden, "\(attempt): \(failure)")
    }
    #expect(
      try TestPool.shared.evaluate(ScriptEvaluation(source: "return 2")).get().answer.numbers == [2]
    )
  }

  @Test func manyAreAnsweredInOrder() throws {
    let evaluations = (0..<40).map { place in
      ScriptEvaluation(source: place % 7 == 3 ? "error 'x'" : "return \(place)")
    }
    for (place, outcome) in TestPool.shared.evaluate(all: evaluations).enumerated() {
      if place % 7 == 3 {
        #expect(throws: EvaluationFailure.self) { try outcome.get() }
      } else {
        #expect(try outcome.get().answer.numbers == [Double(place)])
      }
    }
  }

  /// A program that is no worker.
  private func pretender(_ script: String, seconds: Double = 2) throws -> EvaluationFailure? {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = folder.appendingPathComponent("worker")
    try ("#!/bin/sh\n" + script).write(to: program, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    var settings = WorkerPool.Settings(workers: 1, executable: program.path)
    settings.startSeconds = seconds
    settings.patience = 0.1
    let pool = try WorkerPool(settings)
    defer { pool.stop() }
    return failure("return 1", Budget(seconds: 0.3), pool)
  }

  private static let greeting = """
    greet() { printf '\\033\\000\\000\\000{"version":1,"baseBytes":0}'; }
    """

  @Test func whatIsNoWorkerIsFound() throws {
    #expect(try pretender("exit 3")?.message.contains("left with 3") == true)
    #expect(try pretender("kill -SEGV $$")?.reason == .crashed)
    #expect(try pretender("echo 'this is no greeting at all'; sleep 9")?.reason == .garbage)
    #expect(try pretender("printf '\\005\\000\\000\\000hello'; sleep 9")?.reason == .unavailable)
    #expect(try pretender("sleep 9", seconds: 0.2)?.reason == .late)
    #expect(try pretender("echo 'Fatal error: no' >&2; exit 1")?.message.hasSuffix("no") == true)
  }

  @Test func repliesAreChecked() throws {
    let silent = try pretender(Self.greeting + "\ngreet; sleep 9")
    #expect(silent?.reason == .late)
    let dead = try pretender(Self.greeting + "\ngreet; exit 0")
    #expect(dead?.reason == .crashed)
    let words = try pretender(Self.greeting + "\ngreet; printf '\\002\\000\\000\\000{}'; sleep 9")
    #expect(words?.reason == .garbage)
    let endless = try pretender(Self.greeting + "\ngreet; printf '\\377\\377\\377\\377'; sleep 9")
    #expect(endless?.reason == .garbage)
    let other = try pretender(
      Self.greeting + "\ngreet; printf '\\010\\000\\000\\000{\"id\":9}'; sleep 9")
    #expect(other?.reason == .garbage)
  }

  @Test func missingProgramsAreSaid() throws {
    let found = #expect(throws: EvaluationFailure.self) {
      try WorkerPool(WorkerPool.Settings(workers: 1, executable: "/nowhere/perigee"))
    }
    #expect(found?.reason == .unavailable)
  }

  @Test func stoppedPoolsAnswerNothing() throws {
    let pool = try WorkerPool(TestPool.settings(1))
    pool.stop()
    #expect(failure("return 1", .candidate, pool)?.reason == .cancelled)
  }

  @Test func evaluationsUnderWayAreCancelled() throws {
    let pool = try WorkerPool(TestPool.settings(1))
    _ = pool.evaluate(ScriptEvaluation(source: "return 1"))
    let stopper = Thread {
      Thread.sleep(forTimeInterval: 0.2)
      pool.stop()
    }
    stopper.start()
    let start = ContinuousClock.now
    #expect(failure("while true do end", Budget(seconds: 30), pool)?.reason == .cancelled)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func tiredWorkersAreReplaced() throws {
    var settings = TestPool.settings(1)
    settings.evaluationsPerWorker = 2
    let pool = try WorkerPool(settings)
    for _ in 1...5 { _ = try pool.evaluate(ScriptEvaluation(source: "return 1")).get() }
    #expect(pool.counts.started == 3)
    #expect(pool.counts.evaluations == 5 && pool.counts.failures == 0)
  }
}
