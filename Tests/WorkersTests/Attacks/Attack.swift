/// One thing that hostile or careless code does, and what must come of it.
struct Attack: Sendable, CustomStringConvertible {
  /// What must come of it in the candidate profile.
  enum Outcome: Sendable {
    /// An error whose message holds this.
    case refused(String)
    /// Part of the budget is spent.
    case spent
    /// It does no harm: these numbers come back.
    case harmless([Double])
  }

  /// What must come of it at a prompt, where the whole of Lua is there and Ctrl-C is pressed.
  enum Prompt: Sendable {
    /// It ends, by itself or when it is interrupted, and the session goes on.
    case ends
    /// It is inside Lua's C library or a hook: only the end of the process ends it.
    case endsProcess
  }

  let name: String
  let source: String
  let candidate: Outcome
  var prompt = Prompt.ends

  var description: String { name }
}

extension Attack {
  private static func gone(_ name: String) -> Outcome {
    .refused("candidate code has no '\(name)'")
  }

  /// A row of the published table of attacks, or several.
  static let table: [Attack] = code + endless + catching + growing + library + shared + native

  private static let code = [
    Attack(
      name: "bytecode by load", source: "return load('\\27Lua', 'x', 'b')",
      candidate: gone("load")),
    Attack(
      name: "bytecode by dump", source: "return string.dump(function() end)",
      candidate: gone("string")),
    Attack(name: "bytecode as source", source: "\u{1B}Lua", candidate: .refused("binary")),
    Attack(
      name: "compile bomb", source: "return " + String(repeating: "(1 + ", count: 30_000) + "1",
      candidate: .refused("bytes; a candidate has at most")),
    Attack(
      name: "nesting bomb",
      source: "return " + String(repeating: "{", count: 5000)
        + String(repeating: "}", count: 5000), candidate: .refused("overflow")),
  ]

  private static let endless = [
    Attack(name: "while", source: "while true do end", candidate: .spent),
    Attack(name: "goto", source: "::top:: goto top", candidate: .spent),
    Attack(name: "repeat", source: "repeat local x = 1 until false", candidate: .spent),
    Attack(
      name: "tail calls", source: "local function f() return f() end return f()",
      candidate: .spent),
    Attack(
      name: "recursion", source: "local function f(n) return f(n + 1) + 1 end return f(1)",
      candidate: .refused("")),
    Attack(
      name: "C recursion",
      source: "local function f(s) return (pcall(f, s)) end return f(1)", candidate: gone("pcall")),
    Attack(
      name: "nested coroutines",
      source: "local function f() for i = 1, 50 do end coroutine.wrap(f)() end f()",
      candidate: gone("coroutine")),
    Attack(
      name: "short coroutines",
      source: "while true do coroutine.wrap(function() end)() end", candidate: gone("coroutine")),
  ]

  private static let catching = [
    Attack(
      name: "pcall loop",
      source: "while true do pcall(function() while true do end end) end",
      candidate: gone("pcall")),
    Attack(
      name: "xpcall handler",
      source: "xpcall(function() while true do end end, function() while true do end end)",
      candidate: gone("xpcall")),
    Attack(
      name: "handler of an error", source: "xpcall(error, function() while true do end end)",
      candidate: gone("xpcall")),
    Attack(
      name: "finalizer",
      source: "setmetatable({}, {__gc = function() while true do end end}) collectgarbage()",
      candidate: gone("setmetatable")),
    Attack(
      name: "close",
      source: "local x <close> = setmetatable({}, {__close = function() while true do end end})",
      candidate: gone("setmetatable")),
    Attack(
      name: "close in a coroutine",
      source: "coroutine.wrap(function() local x <close> = setmetatable({}, {__close = "
        + "function() while true do end end}) while true do end end)()",
      candidate: gone("coroutine")),
    Attack(
      name: "error value that spins",
      source: "error(setmetatable({}, {__tostring = function() while true do end end}))",
      candidate: gone("setmetatable")),
    Attack(name: "error value", source: "error({1, 2, {3}})", candidate: .refused("table")),
    Attack(
      name: "hook of its own",
      source: "debug.sethook(function() while true do end end, 'l')\nlocal x = 1",
      candidate: gone("debug"), prompt: .endsProcess),
  ]

  private static let growing = [
    Attack(
      name: "doubling", source: "local s = 'x' while true do s = s .. s end", candidate: .spent),
    Attack(
      name: "table", source: "local t = {} for i = 1, 1e12 do t[i] = {i} end",
      candidate: .spent),
    Attack(
      name: "arguments", source: "local function f(...) local a = f(1, ...) return a end f()",
      candidate: .refused("")),
    Attack(
      name: "rep", source: "return string.rep('x', 1 << 30)", candidate: gone("string")),
    Attack(
      name: "rep as a method", source: "return ('x'):rep(1 << 30)",
      candidate: .refused("attempt to index a string value")),
    Attack(
      name: "concat",
      source: "local t = {} for i = 1, 1e6 do t[i] = 'xxxxxxxx' end return table.concat(t)",
      candidate: gone("table")),
  ]

  private static let library = [
    Attack(
      name: "pattern bomb",
      source: "local a = string.rep('a', 40) return string.find(a, string.rep('a?', 40) .. a)",
      candidate: gone("string"), prompt: .endsProcess),
    Attack(
      name: "table.move", source: "table.move({}, 1, math.maxinteger - 1, 2)",
      candidate: gone("table"), prompt: .endsProcess),
    Attack(
      name: "table.unpack", source: "return table.unpack({}, 1, 1e8)", candidate: gone("table")),
    Attack(
      name: "sorting keys",
      source: "local t = {} for i = 1, 2e5 do t[i + 0.5] = i end "
        + "while true do for k in pairs(t) do break end end", candidate: .spent),
    Attack(name: "exit", source: "if os then os = nil end", candidate: gone("os")),
    Attack(
      name: "clock", source: "return os.time()", candidate: gone("os")),
    Attack(name: "files", source: "return io.open('/etc/passwd')", candidate: gone("io")),
    Attack(
      name: "modules", source: "return require 'os'", candidate: .refused("cannot be required")),
    Attack(name: "package", source: "return package.loadlib", candidate: gone("package")),
    Attack(name: "collector", source: "collectgarbage('stop')", candidate: gone("collectgarbage")),
    Attack(name: "globals", source: "return _G.os", candidate: gone("_G")),
    Attack(name: "raw access", source: "rawset(math, 'pi', 3)", candidate: gone("rawset")),
  ]

  private static let shared = [
    Attack(
      name: "string metatable", source: "getmetatable('').__index.x = print",
      candidate: gone("getmetatable")),
    Attack(
      name: "library field", source: "math.floor = function() return 0 end",
      candidate: .refused("math is read-only"), prompt: .ends),
    Attack(
      name: "perigee field", source: "require('perigee').exp = 1",
      candidate: .refused("perigee is read-only")),
    Attack(
      name: "environment", source: "_ENV.pairs = nil return pairs == nil and 1 or 2",
      candidate: .harmless([2])),
    Attack(
      name: "shadowing", source: "math = {pi = 3} return math.pi", candidate: .harmless([3])),
    Attack(
      name: "addresses",
      source: "return tostring(print == nil) == 'false' and 1 or 2", candidate: gone("print")),
    Attack(
      name: "addresses of values",
      source: "return tostring({}) == 'table' and tostring(tostring) == 'function' and 1 or 2",
      candidate: .harmless([1])),
    Attack(
      name: "metatable of a tensor",
      source: "return require('perigee').zeros(1).__gc", candidate: .refused("has no '__gc'")),
    Attack(
      name: "collecting twice",
      source: "local t = require('perigee').zeros(1) t.__gc(t)",
      candidate: .refused("has no '__gc'")),
    Attack(
      name: "confused values",
      source: "local pg = require 'perigee' return pg.loss(pg.zeros(2))",
      candidate: .refused("table expected")),
    Attack(
      name: "method of another", source: "return require('perigee').zeros(1).item(3)",
      candidate: .refused("expected")),
    Attack(
      name: "infinite score", source: "return -1/0, 0/0 == 0/0",
      candidate: .harmless([-.infinity, 0])),
  ]

  private static let native = [
    Attack(
      name: "large tensor",
      source: "return require('perigee').randn(1 << 40):sum():item()", candidate: .refused("")),
    Attack(
      name: "tensor that overflows",
      source: "return require('perigee').zeros(1 << 40, 1 << 40):sum():item()",
      candidate: .refused("too many elements")),
    Attack(
      name: "large list", source: "return require('perigee').arange(1, 1e18)",
      candidate: .refused("too many")),
    Attack(
      name: "long kernel",
      source: "local pg = require 'perigee' local x = pg.ones(1 << 12, 1 << 12) "
        + "for i = 1, 1e6 do x = x:matmul(x) x:sum():item() end", candidate: .spent),
    Attack(
      name: "many kernels",
      source: "local pg = require 'perigee' "
        + "while true do pg.randn(1 << 16):exp():sum():item() end", candidate: .spent),
    Attack(
      name: "graph",
      source: "local pg = require 'perigee' local x = pg.ones(2) while true do x = x + 1 end",
      candidate: .spent),
    Attack(
      name: "gradients of gradients",
      source: "local pg = require 'perigee' local f = function(x) return x:tanh():sum() end "
        + "while true do local g = f f = function(x) return pg.grad(g)(x):sum() end "
        + "f(pg.ones(3)):item() end", candidate: .refused("")),
    Attack(
      name: "table in itself",
      source: "local t = {} t[1] = t return require('perigee').tensor(t)",
      candidate: .refused("nested deeper")),
    Attack(
      name: "table of twins",
      source: "local t = {1} for i = 1, 60 do t = {t, t} end return require('perigee').tensor(t)",
      candidate: .spent),
  ]
}
