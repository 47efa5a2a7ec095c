import LuaBindings
import Testing

@Suite struct LifetimeTests {
  let script: Script

  init() throws { script = try Script() }

  @Test func nothingIsLeftBehind() throws {
    try script.session.lua.collectGarbage()
    script.session.graph.sweep()
    let nodes = script.session.graph.liveNodes
    let handles = script.session.lua.liveHandles
    let bytes = script.session.graph.memory.liveBytes
    for _ in 0..<3 {
      _ = try script.values(
        """
        local f = pg.grad(function(x) return (x * pg.randn(64)):exp():mean() end)
        for i = 1, 200 do
          local g = f(pg.ones(64))
          pcall(function() return g:matmul(pg.ones(3, 3)) end)
          if i % 50 == 0 then g:totable() end
        end
        """)
      try script.session.lua.collectGarbage()
      script.session.graph.sweep()
    }
    #expect(script.session.graph.liveNodes == nodes)
    #expect(script.session.graph.memory.liveBytes == bytes)
    #expect(script.session.lua.liveHandles == handles)
  }

  @Test func loopsDoNotFillTheGraph() throws {
    _ = try script.values("x = pg.ones(4) for i = 1, 20000 do local y = x * 2 + 1 end")
    #expect(script.session.graph.liveNodes < 20000)
  }
}
