import Testing

@Suite struct JitFunctionTests {
  let script: Script

  init() throws { script = try Script() }

  @Test func recordsOnceForEachShape() throws {
    let source = """
      calls = 0
      local f = pg.jit(function(x, scale) calls = calls + 1 return { y = x * scale } end)
      local sum = 0
      for i = 1, 5 do sum = sum + f(pg.full({2}, i), 0.5).y end
      f(pg.ones(3), 2.5)
      return sum
      """
    #expect(try script.numbers(source) == [7.5, 7.5])
    // Twice a recording, and there are two of them.
    #expect(try script.numbers("return calls") == [4])
  }

  @Test func differentiatesWithin() throws {
    let source = """
      local step = pg.jit(function(w, rate)
        local value, gradient = pg.value_and_grad(function(v) return (v * v):sum() end)(w)
        return w - rate * gradient, value
      end)
      local w, value = pg.tensor {1, 2}
      for _ = 1, 3 do w, value = step(w, 0.25) end
      return pg.concat({ w, value:reshape(1) })
      """
    #expect(try script.numbers(source) == [0.125, 0.25, 0.3125])
  }

  @Test func guardsScalarUpvalues() throws {
    let source = """
      local factor = 2
      local f = pg.jit(function(x) return x * factor end)
      local first = f(pg.ones(1))
      factor = 5
      return first + f(pg.ones(1))
      """
    #expect(try script.numbers(source) == [7])
    #expect(
      script.failure(
        """
        local count = 0
        local f = pg.jit(function(x) count = count + 1 return x end)
        return f(pg.ones(1))
        """
      ).contains("changes its upvalue 'count'"))
  }

  @Test func refusesWhatChanges() {
    #expect(
      script.failure("return pg.jit(function(x) return x * math.random() end)(pg.ones(1))")
        .contains("computes something else at each call"))
    let looking = script.failure(
      "local f = function(x) if x:sum():item() > 0 then return x end return -x end\n"
        + "return pg.jit(f)(pg.ones(1))")
    #expect(looking.hasPrefix("test.lua:1: item: cannot look at a value while jit records"))
    #expect(looking.contains("dynamic = true"))
    #expect(script.failure("return pg.jit(function() end)()").contains("at least one tensor"))
  }

  @Test func dynamicRunsLua() throws {
    let source = """
      local f = pg.jit(function(x) if x:item() > 0 then return x end return -x end,
        { dynamic = true })
      return f(pg.tensor(-3))
      """
    #expect(try script.numbers(source) == [3])
  }

  @Test func bindsOutsideTensorsAndDrawsAnew() throws {
    let source = """
      local bias = pg.tensor {10}
      local f = pg.jit(function(x) return x + bias end)
      return f(pg.ones(1))
      """
    #expect(try script.numbers(source) == [11])
    let draws = """
      local f = pg.jit(function(x) return x + pg.randn(8) end)
      local a, b = f(pg.zeros(8)), f(pg.zeros(8))
      return (a - b):abs():sum()
      """
    #expect(try script.numbers(draws)[0] > 0.1)
  }

  @Test func integersStringsAndTruthValuesSelectRecordings() throws {
    let source = """
      local mode = "double"
      local f = pg.jit(function(x, power, negate)
        local y = mode == "double" and 2 * x or x
        for _ = 2, power do y = y * x end
        return negate and -y or y, y + 1
      end)
      local x, results = pg.tensor {3}, {}
      for _ = 1, 2 do
        mode = "double"
        results[#results + 1] = f(x, 1, false)
        results[#results + 1] = f(x, 2, true)
        mode = "single"
        results[#results + 1] = f(x, 2, false)
        results[#results + 1] = select(2, f(x, 1, true))
      end
      return pg.concat(results)
      """
    #expect(try script.numbers(source) == [6, -18, 9, 4, 6, -18, 9, 4])
  }

  @Test func resultsOfEarlierCallsKeepTheirNumbers() throws {
    let source = """
      local f = pg.jit(function(x, y) return x + y, x * y, x end)
      local a, b = pg.tensor {2, 3}, pg.tensor {5, 7}
      local sum, product, same = f(a, b)
      f(sum, product)
      local again = f(a, a + 1)
      return pg.concat { sum, product, same, again, a, b }
      """
    #expect(try script.numbers(source) == [7, 10, 10, 21, 2, 3, 5, 7, 2, 3, 5, 7])
  }

  @Test func callsLeaveLittleToCollect() throws {
    _ = try script.numbers(
      """
      local f = pg.jit(function(x) return x:exp() end)
      local x = pg.zeros(100000)
      for _ = 1, 1000 do f(x) end
      return x:sum()
      """)
    #expect(script.session.graph.memory.peakBytes < 80_000_000)
  }
}
