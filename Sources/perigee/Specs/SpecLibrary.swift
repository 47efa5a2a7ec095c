/// The Lua side of spec files: `describe`, `it`, `expect`, `before_each`, `after_each`.
enum SpecLibrary {
  static let chunkName = "=spec"

  /// Returns a function that gives the names of the tests, and one that runs the test of a number.
  static let source = """
    local pg = require "perigee"
    local tests, groups = {}, {}

    local function is_tensor(x)
      return type(x) == "userdata" and pcall(function() return x.dtype end)
    end

    local function show(x)
      if type(x) == "string" then return ("%q"):format(x) end
      return tostring(x)
    end

    --- Where two values differ, or nil; numbers may be `tolerance` apart, in units of their size.
    local function difference(actual, expected, tolerance, path)
      if is_tensor(actual) and is_tensor(expected) and tolerance == 0
        and actual.dtype ~= expected.dtype then
        return ("%s is %s, expected %s"):format(path, actual.dtype, expected.dtype)
      end
      if is_tensor(actual) then
        actual = #actual.shape == 0 and actual:item() or actual:totable()
      end
      if is_tensor(expected) then
        expected = #expected.shape == 0 and expected:item() or expected:totable()
      end
      if type(actual) == "number" and type(expected) == "number" then
        local gap = math.abs(actual - expected)
        local same = actual == expected or (actual ~= actual and expected ~= expected)
          or gap <= tolerance * math.max(1, math.abs(expected))
        if same then return nil end
        return ("%s is %.9g, expected %.9g"):format(path, actual, expected)
      end
      if type(actual) ~= "table" or type(expected) ~= "table" then
        if rawequal(actual, expected) or actual == expected then return nil end
        return ("%s is %s, expected %s"):format(path, show(actual), show(expected))
      end
      for key, value in pairs(expected) do
        local place = type(key) == "number" and ("%s[%s]"):format(path, key)
          or ("%s.%s"):format(path, tostring(key))
        local found = difference(actual[key], value, tolerance, place)
        if found then return found end
      end
      for key in pairs(actual) do
        if expected[key] == nil then
          return ("%s has %s, which was not expected"):format(path, show(key))
        end
      end
    end

    --- Each check returns whether it holds, what is wrong if it should, and if it should not.
    local checks = {}

    function checks.to_equal(actual, expected)
      local found = difference(actual, expected, 0, "it")
      return not found, found, "it equals " .. show(expected)
    end

    function checks.to_be_near(actual, expected, tolerance)
      tolerance = tolerance or 1e-6
      local found = difference(actual, expected, tolerance, "it")
      return not found, found and found .. (" within %g"):format(tolerance),
        ("it is within %g of %s"):format(tolerance, show(expected))
    end

    function checks.to_be(actual, expected)
      return rawequal(actual, expected) or actual == expected,
        ("it is %s, expected %s"):format(show(actual), show(expected)), "it is " .. show(expected)
    end

    function checks.to_be_truthy(actual)
      return actual and true or false, "it is " .. show(actual), "it is " .. show(actual)
    end

    function checks.to_have_shape(actual, expected)
      if not is_tensor(actual) then return false, "it is no tensor but " .. show(actual) end
      local found = difference(actual.shape, expected, 0, "its shape")
      return not found, found, "it has that shape"
    end

    function checks.to_be_finite(actual)
      local numbers = is_tensor(actual) and actual:flatten():totable() or { actual }
      for place, number in ipairs(numbers) do
        if number ~= number or math.abs(number) == math.huge then
          return false, ("element %d is %s"):format(place, show(number))
        end
      end
      return true, nil, "it is finite"
    end

    function checks.to_fail(actual, pattern)
      local holds, message = pcall(actual)
      if holds then return false, "it did not fail", "" end
      message = tostring(message)
      if pattern and not message:find(pattern) and not message:find(pattern, 1, true) then
        return false, ("it failed otherwise: %s"):format(message), ""
      end
      return true, nil, "it failed: " .. message
    end

    local function expectation(actual, negated)
      local self = setmetatable({}, { __index = function(_, name)
        if name == "never" then return expectation(actual, not negated) end
        local check = checks[name]
        if not check then
          local names = {}
          for key in pairs(checks) do names[#names + 1] = key end
          error(("expect has no %s; it has %s"):format(name, table.concat(names, ", ")), 2)
        end
        return function(_, ...)
          local holds, wrong, otherwise = check(actual, ...)
          if holds == negated then error(negated and otherwise or wrong, 2) end
        end
      end })
      return self
    end

    function expect(actual) return expectation(actual, false) end

    function describe(name, body)
      groups[#groups + 1] = { name = name, before = {}, after = {} }
      body()
      groups[#groups] = nil
    end

    local function group() return groups[#groups] or error("outside describe", 3) end
    function before_each(body) table.insert(group().before, body) end
    function after_each(body) table.insert(group().after, body) end

    function it(name, body)
      local parts, before, after = {}, {}, {}
      for _, outer in ipairs(groups) do
        parts[#parts + 1] = outer.name
        for _, step in ipairs(outer.before) do before[#before + 1] = step end
        for _, step in ipairs(outer.after) do table.insert(after, 1, step) end
      end
      parts[#parts + 1] = name
      local full = table.concat(parts, " > ")
      for _, other in ipairs(tests) do
        if other.name == full then error("there are two tests called " .. full, 2) end
      end
      tests[#tests + 1] = { name = full, body = body, before = before, after = after }
    end

    local function names()
      local result = {}
      for _, test in ipairs(tests) do result[#result + 1] = test.name end
      return result
    end

    local function run(number)
      local test = tests[number]
      pg.seed(0)
      for _, step in ipairs(test.before) do step() end
      test.body()
      for _, step in ipairs(test.after) do step() end
    end

    return names, run
    """
}
