extension PromptScript {
  /// Looking at values without running anybody's code: no metamethod is ever called.
  static let inspection = """
    local metatable_of, upvalue_of, farthest = debug.getmetatable, debug.getupvalue, 10

    -- What reading a field falls back to, where that is a table; handles keep theirs in C.
    local function behind(value)
      local meta = metatable_of(value)
      local index = meta and rawget(meta, "__index")
      if type(index) == "table" then return index end
      if type(value) ~= "userdata" or type(index) ~= "function" then return nil end
      local _, methods = upvalue_of(index, 1)
      if type(methods) == "table" then return methods end
    end

    local function field(value, key)
      for _ = 1, farthest do
        if type(value) == "table" then
          local found = rawget(value, key)
          if found ~= nil then return found end
        end
        value = behind(value)
        if value == nil then return nil end
      end
    end

    local function find(first, ...)
      local value
      if known[first] then value = own[first] else value = rawget(_G, first) end
      for i = 1, select("#", ...) do
        value = field(value, (select(i, ...)))
        if value == nil then return nil end
      end
      return value
    end

    local function strings(from, into)
      into = into or {}
      for key in next, from do
        if type(key) == "string" then into[#into + 1] = key end
      end
      return into
    end

    local function names() return strings(known, strings(_G)) end

    -- The kind of the value, its fields, and for those that are functions the same again.
    local function fields(...)
      local value = find(...)
      local all, functions, kind = {}, {}, type(value)
      local meta = metatable_of(value)
      local name = meta and rawget(meta, "__name")
      for _ = 1, farthest do
        if type(value) == "table" then
          for key, item in next, value do
            if type(key) == "string" then
              all[#all + 1] = key
              if type(item) == "function" then functions[#functions + 1] = key end
            end
          end
        end
        value = behind(value)
        if value == nil then break end
      end
      return type(name) == "string" and name or kind, all, functions
    end

    -- Names of a declaration's parameters.
    local function parameters(...)
      local value = find(...)
      local params = type(value) == "table" and rawget(value, "params")
      return type(params) == "table" and strings(params) or {}
    end

    """
}
