extension PromptScript {
  static let printing = #"""
    local longest, deepest = 100, 5
    local write

    local function quoted(text)
      return (string.format("%q", text):gsub("\\\n", "\\n"):gsub("\r", "\\r"))
    end

    -- Text of several lines by itself is shown as lines.
    local function string_text(text, depth)
      if depth > 0 or not text:find("\n.") or not utf8.len(text) then return quoted(text) end
      return (text:gsub("\n$", ""))
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
      local size = utf8.len(line)
      if size and size + #indent <= host.columns() and not line:find("\n") then return line end
      return "{\n" .. inner .. table.concat(parts, ",\n" .. inner) .. ",\n" .. indent .. "}"
    end

    -- A declaration by itself prints the head of its documentation.
    local bodies = { "compute", "f", "update", "rate" }
    local function declaration_text(value, depth)
      local text = tostring(value)
      if depth > 0 then return text end
      for _, name in ipairs(bodies) do
        local body = rawget(value, name)
        if type(body) == "function" then
          return host.head(text, debug.getinfo(body, "S").source, value) or text
        end
      end
      return text
    end

    local declarations = {
      loss = true, divergence = true, reward = true, preference_model = true, optimizer = true,
      schedule = true,
    }

    function write(value, depth, seen, indent)
      local kind = type(value)
      if kind == "string" then return string_text(value, depth) end
      if kind == "function" then return described(value) end
      if kind == "userdata" then
        local text = getmetatable(value) == "tensor" and host.tensor(value, depth)
        return ((text or tostring(value)):gsub("\n", "\n" .. indent))
      end
      if kind ~= "table" then return tostring(value) end
      local meta = getmetatable(value)
      local hidden = metatable_of(value)
      local own_name = hidden and rawget(hidden, "__name")
      if own_name and declarations[own_name] then return declaration_text(value, depth) end
      if meta and hidden and rawget(hidden, "__tostring") then return tostring(value) end
      -- A library hides its metatable behind its name.
      if type(meta) == "string" then return "library " .. meta end
      local name = type(own_name) == "string" and own_name .. " " or ""
      return name .. table_text(value, depth, seen, indent)
    end

    """#
}
