/// The half of the prompt that is Lua: the session's own names, evaluation, and how values are
/// printed. It is Lua because a printed table may hold itself, which no copy for Swift could.
///
/// It is given `host`, a table of functions: `columns()`, `tensor(x, depth)`, `head(text, source)`.
enum PromptScript {
  /// Its name in tracebacks, which leave it out.
  static let name = "prompt"

  static let source = environment + inspection + printing + evaluation

  /// Names made by `local` at the top live in `own`; all others are globals.
  private static let environment = """
    local host = ...
    -- Whatever a session makes of these names, the prompt goes on.
    local _G, type, tostring, next, pairs = _G, type, tostring, next, pairs
    local ipairs, select, rawget, rawset = ipairs, select, rawget, rawset
    local load, getmetatable = load, getmetatable
    local string, table, math, utf8, io, debug = string, table, math, utf8, io, debug
    local own, known = {}, {}
    local env = setmetatable({}, {
      __index = function(_, name)
        if known[name] then return own[name] end
        return _G[name]
      end,
      __newindex = function(_, name, value)
        if known[name] then own[name] = value else _G[name] = value end
      end,
    })
    local function keep(name, value)
      known[name] = true
      own[name] = value
    end

    """

  private static let evaluation = """
    local prompt = {}

    function prompt.compile(text, name) return load(text, name, "t", env) end

    function prompt.declare(name)
      if not known[name] then keep(name, rawget(_G, name)) end
    end

    function prompt.text(value) return write(value, 0, {}, "") end

    local function finish(number, silent, ...)
      local count = select("#", ...)
      if count == 0 then return end
      local first = ...
      keep("_", first)
      keep("_" .. number, first)
      if silent then return end
      for i = 1, count do
        io.stdout:write(prompt.text((select(i, ...))), "\\n")
      end
    end

    function prompt.evaluate(f, number, silent) return finish(number, silent, f()) end

    function prompt.value(...)
      local value = find(...)
      if value == nil then return false end
      local info = type(value) == "function" and debug.getinfo(value, "S")
      if not info then
        local meta = type(value) == "userdata" and metatable_of(value)
        local name = meta and rawget(meta, "__name")
        return true, type(name) == "string" and name or type(value), prompt.text(value)
      end
      return true, "function", described(value), info.source, info.linedefined,
        info.lastlinedefined
    end

    function prompt.get(...) return find(...) end

    prompt.names, prompt.fields, prompt.parameters = names, fields, parameters

    -- Forgets all names that the session made, and undoes what it made of others.
    local standard = {}
    for name, value in next, _G do standard[name] = value end
    function prompt.reset()
      own, known = {}, {}
      for _, name in ipairs(strings(_G)) do rawset(_G, name, standard[name]) end
      for name, value in next, standard do rawset(_G, name, value) end
    end

    return prompt
    """
}
