import Foundation
import LuaBindings
import LuaRuntime
import TensorCore

/// The child's side: answers requests one after the other until its input ends.
public struct Worker {
  /// How a worker is confined.
  public struct Settings: Sendable, Codable, Equatable {
    /// Bytes of address space beyond what the program needs.
    public var memory: Int
    /// Whether limits and the system-call filter apply; false for code that is trusted and only
    /// kept apart.
    public var isConfined: Bool

    /// Settings with defaults.
    public init(memory: Int = 1 << 30, isConfined: Bool = true) {
      self.memory = memory
      self.isConfined = isConfined
    }
  }

  /// Kinds that every worker knows.
  public static let kinds: [any Evaluation.Type] = [
    LossCheck.self, LossProbe.self, ScriptEvaluation.self, ConfinementTest.self,
  ]

  private let handlers: [String: Handler]

  /// Reads the request, does it, and returns the reply.
  private typealias Handler = (Data, CandidateBench) -> Data

  private init(_ kinds: [any Evaluation.Type]) {
    var handlers: [String: Handler] = [:]
    for kind in kinds { handlers[kind.kind] = Self.handler(kind) }
    self.handlers = handlers
  }

  /// Serves until the parent closes the pipe.
  ///
  /// - Parameters:
  ///   - settings: limits.
  ///   - kinds: what it can be asked for.
  /// - Throws: `Frames.Fault` where the pipes fail.
  public static func serve(
    _ settings: Settings = Settings(), kinds: [any Evaluation.Type] = Worker.kinds
  ) throws {
    try Confinement.arrangeDescriptors()
    let worker = Worker(kinds)
    var greeting = Greeting(
      version: Greeting.currentVersion, baseBytes: Confinement.addressSpace, objection: nil)
    do {
      try worker.warmUp()
      if settings.isConfined { try Confinement.apply(memory: settings.memory) }
    } catch {
      greeting.objection = String(describing: error)
    }
    try Frames.write(WireFormat.encode(greeting), to: Confinement.output)
    if greeting.objection == nil { try worker.loop() }
  }

  /// The next state is made while the parent is busy with the reply.
  private func loop() throws {
    while true {
      let bench = try CandidateBench()
      let data: Data
      do {
        data = try Frames.read(from: Confinement.input)
      } catch Frames.Fault.closed {
        return
      }
      try Frames.write(reply(to: data, bench), to: Confinement.output)
    }
  }

  private func reply(to data: Data, _ bench: CandidateBench) -> Data {
    guard let head = try? WireFormat.decode(RequestHead.self, data) else {
      return Self.failure(EvaluationFailure(.garbage, "the request cannot be read"), id: -1)
    }
    guard let handler = handlers[head.kind] else {
      return Self.failure(
        EvaluationFailure(.unavailable, "no evaluation \"\(head.kind)\""), id: head.id)
    }
    return handler(data, bench)
  }

  private static func handler<Kind: Evaluation>(_ kind: Kind.Type) -> Handler {
    { data, bench in
      var reply = Reply<Kind.Answer>(id: -1)
      do {
        let request = try WireFormat.decode(Request<Kind>.self, data)
        reply.id = request.id
        try bench.begin(request.budget, seed: request.seed)
        reply.answer = try request.body.answer(on: bench)
        reply.use = bench.session.lua.use
        let encoded = try WireFormat.encode(reply)
        try bench.chargeOutput(encoded.count)
        return encoded
      } catch {
        return failure(EvaluationFailure(error), id: reply.id)
      }
    }
  }

  /// Messages may hold what the candidate wrote, so they are cut.
  private static func failure(_ failure: EvaluationFailure, id: Int) -> Data {
    var failure = failure
    failure.message = String(failure.message.prefix(4096))
    let reply = Reply<Bool>(id: id, failure: failure)
    return (try? WireFormat.encode(reply)) ?? Data()
  }

  /// Does once all that needs memory, libraries or the system the first time: products,
  /// compiling, derivatives, sorting, random numbers, messages and errors.
  private func warmUp() throws {
    let bench = try CandidateBench()
    try bench.begin(.candidate, seed: 1)
    let source = """
      local pg = require "perigee"
      local x, y = pg.randn(64, 64), pg.randn(64, 64, {dtype = "float64"})
      local total = x:matmul(x):sum():item() + y:matmul(y):sum():item()
      local _, order = x:sort()
      return pg.grad(function(z) return pg.log_sigmoid(z):sum() end)(x):sum():item() + total
      """
    _ = try bench.run(source)
    let probe = LossProbe(
      source: LossProbe.example, batches: [.pairs([0.5, -1], [0.25, 0])])
    let request = Request(
      id: 0, kind: LossProbe.kind, seed: 1, budget: .candidate, body: probe)
    for data in [try WireFormat.encode(request), Data("{}".utf8)] {
      _ = reply(to: data, try CandidateBench())
    }
  }
}
