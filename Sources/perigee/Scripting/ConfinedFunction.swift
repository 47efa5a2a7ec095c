import LuaBindings
import LuaRuntime
import Notation
import Workers

/// `pg.confined`: code that nobody has read, run in a process that may open nothing.
final class ConfinedFunction {
  private static let names = ["instructions", "memory", "seconds", "seed"]
  /// Started at the first call.
  private var workers: WorkerPool?

  static func register(in session: ScriptSession) throws {
    let runner = ConfinedFunction()
    try session.register([
      .general("confined") { call in try runner.run(call) }
    ])
  }

  /// The numbers that the source returns; or nil, the reason, and what is to be said of it.
  private func run(_ call: LuaCall) throws -> [LuaValue] {
    let source = try call.string(0)
    let (budget, seed) = try Self.options(call)
    let pool = try pool()
    let control = call.state.control
    let outcome = pool.evaluate(
      ScriptEvaluation(source: source), budget: budget, seed: seed,
      isCancelled: { control.shouldStop })
    switch outcome {
    case .success(let found):
      return [.table(LuaTable(items: found.answer.numbers.map(LuaValue.number)))]
    case .failure(let failure) where failure.reason == .cancelled: throw failure
    case .failure(let failure):
      let reason = failure.resource?.rawValue ?? failure.reason.rawValue
      return [.nil, .string(reason), .string(failure.message)]
    }
  }

  private func pool() throws -> WorkerPool {
    if let workers { return workers }
    let made = try WorkerPool(WorkerPool.Settings(workers: 1))
    workers = made
    return made
  }

  private static func options(_ call: LuaCall) throws -> (Budget, seed: UInt64) {
    var budget = Budget.candidate
    guard let table = call[1].tableValue else {
      if case .nil = call[1] { return (budget, 0) }
      throw call.wrongType(1, expected: "table")
    }
    for name in table.names where !names.contains(name) {
      throw call.argumentError(
        1, "unknown option \"\(name)\"\(NearestName.hint(name, in: names))")
    }
    func number(_ name: String, _ range: ClosedRange<Double>) throws -> Double? {
      if case .nil = table[name] { return nil }
      guard let number = table[name].numberValue, range.contains(number) else {
        throw call.argumentError(
          1, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    if let seconds = try number("seconds", 0.001...3600) { budget.seconds = seconds }
    if let memory = try number("memory", 1e6...1e9) { budget.memory = Int(memory) }
    if let count = try number("instructions", 1...1e12) { budget.instructions = Int(count) }
    return (budget, try number("seed", 0...9e15).map { UInt64($0) } ?? 0)
  }
}
