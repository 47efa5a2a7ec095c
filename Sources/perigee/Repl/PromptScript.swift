/// The half of the prompt that is Lua: the session's own names, evaluation, and how values are
/// printed. It is Lua because a printed table may hold itself, which no copy for Swift could.
enum PromptScript {
  /// Its name in tracebacks, which leave it out.
  static let name = "prompt"

  static let source = environment + printing + evaluation

  /// Names made by `local` at the top live in `own`; all others are globals.
  private static let environment = """
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

  private static let printing = #"""
    local longest, deepest = 100, 5
    local write

    local function quoted(text)
      return (string.format("%q", text):gsub("\\\n", "\\n"):gsub("\r", "\\r"))
    end

    local function described(f)
      local info = debug.getinfo(f, "S")
      if info.what == "C" then return "native function" end
      return ("function at %s:%d"):format(info.short_src, info.linedefined)
    end

    local function key_text(key, depth, seen)
      if type(key) == "string" and key:match("^[%a_][%w_]*$") then return key end
      return "[" .. write(key, depth, seen, "") .. "]"
    end

    local function parts_of(value, depth, seen, indent)
      local parts, size = {}, #value
      for i = 1, math.min(size, longest) do
        parts[#parts + 1] = write(value[i], depth + 1, seen, indent)
      end
      local left = math.max(size - longest, 0)
      for key, item in pairs(value) do
        local listed = math.type(key) == "integer" and key >= 1 and key <= size
        if not listed then
          if #parts < longest then
            local name = key_text(key, depth + 1, seen)
            parts[#parts + 1] = name .. " = " .. write(item, depth + 1, seen, indent)
          else
            left = left + 1
          end
        end
      end
      if left > 0 then parts[#parts + 1] = ("... %d more"):format(left) end
      return parts
    end

    local function table_text(value, depth, seen, indent)
      if seen[value] then return "<cycle>" end
      if depth >= deepest then return "{...}" end
      seen[value] = true
      local inner = indent .. "  "
      local parts = parts_of(value, depth, seen, inner)
      seen[value] = nil
      if #parts == 0 then return "{}" end
      local line = "{ " .. table.concat(parts, ", ") .. " }"
      if utf8.len(line) and utf8.len(line) + #indent <= width() and not line:find("\n") then
        return line
      end
      return "{\n" .. inner .. table.concat(parts, ",\n" .. inner) .. ",\n" .. indent .. "}"
    end

    function write(value, depth, seen, indent)
      local kind = type(value)
      if kind == "string" then return quoted(value) end
      if kind == "function" then return described(value) end
      if kind == "userdata" then return (tostring(value):gsub("\n", "\n" .. indent)) end
      if kind ~= "table" then return tostring(value) end
      local meta = getmetatable(value)
      -- A library hides its metatable behind its name.
      if type(meta) == "string" then return "library " .. meta end
      if type(meta) == "table" and meta.__tostring then return tostring(value) end
      local name = type(meta) == "table" and type(meta.__name) == "string" and meta.__name .. " "
      return (name or "") .. table_text(value, depth, seen, indent)
    end

    """#

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

    function prompt.value(text)
      local f = load("return " .. text, "=?", "t", env)
      if not f then return false end
      local found, value = pcall(f)
      if not found or value == nil then return false end
      local info = type(value) == "function" and debug.getinfo(value, "S")
      if not info then return true, type(value), prompt.text(value) end
      return true, "function", described(value), info.source, info.linedefined,
        info.lastlinedefined
    end

    return prompt
    """
}
