import Learning
import LuaBindings
import TensorCore
import TestSupport
import Testing

/// Optimizers and schedules written in Lua beside the native ones.
@Suite struct UpdateRuleTests {
  private static let adam = """
    local pg = require "perigee"
    return pg.optimizer {
      params = { learning_rate = pg.positive(0.001), beta1 = pg.interval(0, 1, 0.9),
        beta2 = pg.interval(0, 1, 0.999), epsilon = pg.positive(1e-8) },
      state = { first = 0, second = 0 },
      update = function(inputs, p)
        local g, s, t = inputs.gradient, inputs.state, inputs.step
        local first = p.beta1 * s.first + (1 - p.beta1) * g
        local second = p.beta2 * s.second + (1 - p.beta2) * g * g
        local step = p.learning_rate / (1 - p.beta1 ^ t)
        local size = pg.sqrt(second / (1 - p.beta2 ^ t)) + p.epsilon
        return inputs.parameter - step * first / size, { first = first, second = second }
      end,
    }
    """

  /// Ten steps of a rule on a bowl, compiled once.
  private func descend(_ rule: any Optimizer, _ graph: Graph) throws -> [Double] {
    var layout = ParameterLayout()
    let parameter = try layout.declare("w", [3], initial: .constant(0))
    let store = try ParameterStore(graph, layout, .float64)
    try store.set(parameter, to: [1, -2, 0.5])
    let state = try OptimizerState(rule, settings: ["learning_rate": .number(0.1)], for: store)
    let gradient = try store.flat * graph.tensor([1.0, 3, 10])
    let plan = try graph.compile(outputs: [], updates: state.updates(gradient: gradient))
    for _ in 0..<10 {
      try state.prepareStep(learningRate: 0.1)
      try plan.run()
    }
    return try store.flat.doubles()
  }

  @Test func aRuleInLuaEqualsTheNativeOne() throws {
    let fixture = try StdlibFixture()
    let value = try fixture.session.lua.run(Self.adam, chunkName: "@adam.lua")[0]
    let rule = try ScriptOptimizer(MethodDeclaration(value), name: "mine", in: fixture.session)
    #expect(rule.settings.map(\.name) == ["beta1", "beta2", "epsilon", "learning_rate"])
    let graph = fixture.session.graph
    let native = try descend(Optimizers.named("adam"), graph)
    expectClose(try descend(rule, graph), native)
  }

  @Test func theLibrarysRulesDescend() throws {
    let fixture = try StdlibFixture()
    for entry in fixture.catalogue.library.entries where entry.family == "optimizers" {
      let end = try descend(fixture.catalogue.optimizer(entry.name), fixture.session.graph)
      let start = [1, -2, 0.5]
      #expect(zip(end, start).allSatisfy { abs($0) < abs($1) }, "\(entry.name): \(end)")
    }
  }

  @Test func wrongRulesAreNamed() throws {
    let fixture = try StdlibFixture()
    func load(_ text: String) throws -> ScriptOptimizer {
      let value = try fixture.session.lua.run(
        "local pg = require 'perigee' return pg.optimizer { \(text) }", chunkName: "@o.lua")[0]
      return try ScriptOptimizer(MethodDeclaration(value), name: "mine", in: fixture.session)
    }
    #expect(throws: (any Error).self) { try load("update = function() end") }
    let short = try load(
      "params = { learning_rate = pg.positive(1) }, state = { m = 0 }, "
        + "update = function(i) return i.parameter end")
    #expect(
      throws: DeclarationError("mine: update must return state.m of shape [3], got nil")
    ) { try descend(short, fixture.session.graph) }
  }

  @Test func schedulesAreTables() throws {
    let fixture = try StdlibFixture()
    let schedule = try fixture.catalogue.schedule("warmup_stable_decay")
    let rates = try schedule.rates(
      10, base: 2,
      ["total_steps": .integer(10), "warmup_steps": .integer(2), "decay": .number(0.5)])
    expectClose(rates, [0, 1, 2, 2, 2, 2, 1.6, 1.2, 0.8, 0.4])
    #expect(throws: DeclarationError.self) { try schedule.rates(1, base: 1, ["x": .flag(true)]) }
  }
}
