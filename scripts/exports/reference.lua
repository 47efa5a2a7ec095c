--- Writes methods and operations as PyTorch and JAX files, with values and derivatives to compare.
--
--   perigee run scripts/exports/reference.lua FOLDER METHOD...
--
-- For each method there are NAME_torch.py, NAME_jax.py, NAME.tex, and lines of cases.jsonl: inputs,
-- parameters, losses and derivatives of their sum, in float64 and float32, on seeded batches.
local pg = require "perigee"

local folder = arg[1]
local cases = assert(io.open(folder .. "/cases.jsonl", "w"))
local rows, tokens = 6, 5

local function json(value)
  if type(value) == "string" then return '"' .. value .. '"' end
  if type(value) ~= "table" then
    if value ~= value then return "NaN" end
    if value == math.huge then return "Infinity" end
    if value == -math.huge then return "-Infinity" end
    return type(value) == "number" and string.format("%.17g", value) or tostring(value)
  end
  local parts = {}
  if #value > 0 or next(value) == nil then
    for _, item in ipairs(value) do parts[#parts + 1] = json(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, item in pairs(value) do parts[#parts + 1] = '"' .. name .. '":' .. json(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name, "w"))
  file:write(text)
  file:close()
end

local double = { dtype = "float64" }

--- The fields of one side: sums are of tokens, members of a group are the tokens of a row.
local function add_side(result, side, place, grouped)
  local length = 2 + pg.arange(1, rows):to("float64"):remainder(tokens - 1) - place % 2
  local mask = pg.arange(1, tokens):to("float64"):le(length:reshape(-1, 1)):to("float64")
  local shape = grouped and { rows, tokens } or { rows }
  local policy = -20 - 10 * pg.rand(shape, double)
  result[side .. ".log_prob"] = policy
  result[side .. ".ref_log_prob"] = policy + 2 * pg.randn(shape, double)
  result[side .. ".length"] = grouped and 3 + 0 * policy or length
  result[side .. ".reward"] = pg.randn(shape, double)
  if grouped then
    result.mask = mask
  else
    result[side .. ".mask"] = mask
    result[side .. ".token_log_probs"] = -2 * pg.rand(rows, tokens, double) * mask
    result[side .. ".ref_token_log_probs"] = -2 * pg.rand(rows, tokens, double) * mask
  end
end

--- Every field that a loss may read, by path, in double precision.
local function fields(method, seed)
  pg.seed(seed)
  local result, needs = {}, method.needs or {}
  local grouped = method.kind == "groupwise"
  local extents = { batch = rows, group = rows, token = tokens, member = tokens, component = 4 }
  for place, side in ipairs { "chosen", "rejected", "completion", "mismatched" } do
    add_side(result, side, place, grouped)
    for _, list in ipairs { needs.models or {}, needs.contexts or {} } do
      for _, view in ipairs(list) do add_side(result, side .. "." .. view, place, grouped) end
    end
    for name, axes in pairs(needs.side or {}) do
      local shape = {}
      for word in axes:gmatch "%S+" do
        shape[#shape + 1] = extents[word] or math.tointeger(word)
      end
      result[side .. "." .. name] = pg.randn(shape, double)
    end
    for name in pairs(needs.vocab or {}) do
      result[side .. "." .. name] = pg.randn(rows, tokens, double)
    end
  end
  for place, name in ipairs(needs.samples or {}) do add_side(result, name, place, grouped) end
  for _, name in ipairs(needs.columns or {}) do
    result["column." .. name] = pg.rand(rows, double)
  end
  result.label = pg.arange(1, rows):to("float64"):remainder(2)
  result.margin = pg.rand(rows, double)
  result.weight = 0.5 + pg.rand(rows, double)
  return result
end

--- The fields as a loss is given them.
local function batch_of(leaves, method)
  local batch = {}
  local sides = method.kind == "pairwise" and { chosen = true, rejected = true }
    or method.kind and { completion = true, mismatched = method.kind == "unpaired" }
    or { chosen = true, rejected = true }
  for _, name in ipairs((method.needs or {}).samples or {}) do sides[name] = true end
  sides.column = true
  for path, leaf in pairs(leaves) do
    local place, inside = batch, true
    local parts = {}
    for part in path:gmatch "[^.]+" do parts[#parts + 1] = part end
    if #parts > 1 and not sides[parts[1]] then inside = false end
    for index = 1, inside and #parts - 1 or 0 do
      place[parts[index]] = place[parts[index]] or {}
      place = place[parts[index]]
    end
    if inside then place[parts[#parts]] = leaf end
  end
  return batch
end

local function listed(tensors)
  local result = {}
  for path, tensor in pairs(tensors) do result[path] = tensor:totable() end
  return result
end

--- One case: the losses, and the derivatives of their sum by every field that is no 0/1 mark.
local function case(name, compute, leaves, parameters, dtype)
  local inputs, moving = {}, {}
  for path, leaf in pairs(leaves) do
    inputs[path] = leaf:to(dtype)
    if path ~= "label" and not path:find "mask" and not path:find "length" then
      moving[path] = inputs[path]
    end
  end
  local function total(x)
    local all = {}
    for path, leaf in pairs(inputs) do all[path] = x[path] or leaf end
    return compute(all):sum()
  end
  cases:write(json {
    name = name, dtype = dtype, inputs = listed(inputs), parameters = parameters,
    loss = compute(inputs):totable(), gradients = listed(pg.grad(total)(moving)),
  }, "\n")
end

--- Values of the real parameters: the defaults, and others a little away.
local function settings(method, factor)
  local result = {}
  for name, parameter in pairs(method.params or {}) do
    local value = parameter.default
    if math.type(value) == "float" and factor then
      value = value == 0 and 0.125 or value * factor
      if parameter.high then value = math.max(parameter.low, math.min(parameter.high, value)) end
    end
    if type(value) == "number" and parameter.kind ~= "integer" then result[name] = value end
  end
  return result
end

--- Cases of f and score of a divergence and of what it was exported to.
local function divergence_cases(name, method, again, p, dtype)
  pg.seed(7)
  local ratio = { ratio = 0.2 + 2 * pg.rand(rows, double) }
  local log_ratio = { log_ratio = pg.log(ratio.ratio) }
  local complete = {}
  for key, parameter in pairs(method.params or {}) do
    complete[key] = p[key] or parameter.default
  end
  for _, one in ipairs { method, again } do
    case(name, function(x) return one.f(x.ratio, complete) end, ratio, p, dtype)
    case(name .. "_score", function(x) return one.score(x.log_ratio, complete) end,
      log_ratio, p, dtype)
  end
end

local function verify(path, place)
  local name = path:match "([%w_]+)%.lua$"
  local method = pg.method(path)
  write(name .. "_torch.py", pg.export(path, "torch"))
  write(name .. "_jax.py", pg.export(path, "jax"))
  write(name .. ".tex", pg.export(path, "latex"))
  write(name .. ".lua", pg.export(path, "lua"))
  local again = pg.method(folder .. "/" .. name .. ".lua")
  for _, dtype in ipairs { "float64", "float32" } do
    for _, factor in ipairs { false, 1.3 } do
      local p = settings(method, factor)
      if method.f then divergence_cases(name, method, again, p, dtype) end
      for _, one in ipairs(method.compute and { method, again } or {}) do
        case(name, function(x) return (one(batch_of(x, one), p)) end,
          fields(method, place), p, dtype)
      end
    end
  end
end

for place = 2, #arg do
  local method = pg.method(arg[place])
  if method.compute or method.f then
    verify(arg[place], place)
  else
    print("skipped: " .. arg[place] .. " is given by no f, so that it cannot be exported")
  end
end

--- Every elementwise operation by itself, where both operands lie between 0.1 and 0.9.
local skipped = { polygamma = true, log1mexp = true, acosh = true, entr = true }
local unary = {
  "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sigmoid", "softplus", "log_sigmoid",
  "abs", "sign", "square", "reciprocal", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos",
  "atan", "sinc", "sinh", "cosh", "tanh", "asinh", "atanh", "erf", "erfc", "erfinv", "lgamma",
  "digamma", "i0e", "i1e", "floor", "ceil", "round", "trunc", "relu", "xlogx", "logit", "ndtr",
  "log_ndtr", "tanhshrink", "neg", "cumsum", "cumprod", "cummax", "sort", "argsort", "argmax",
  "logsumexp", "softmax", "log_softmax", "var", "amax", "amin", "prod", "mean", "flip", "gelu",
}
local binary = {
  "add", "sub", "mul", "div", "pow", "hypot", "atan2", "remainder", "fmod", "floor_divide",
  "maximum", "minimum", "clamp_min", "clamp_max", "logaddexp", "xlogy", "xlog1py", "lt", "ge",
  "eq", "linear_scan", "matmul", "outer",
}
local axis_ops = { cumsum = true, cumprod = true, cummax = true, logsumexp = true,
  softmax = true, log_softmax = true, argmax = true }

local function declare(name, arity)
  return pg.loss {
    kind = "pairwise", reduction = "batch",
    compute = function(batch)
      local x, y = batch.chosen.log_prob, batch.rejected.log_prob
      local value
      if name == "linear_scan" then value = pg.linear_scan(x, y, -1)
      elseif arity == 2 then value = pg[name](x, y)
      elseif axis_ops[name] then value = pg[name](x, -1)
      else value = pg[name](x) end
      if value.dtype == "bool" then value = pg.where(value, x, y) end
      if value.dtype == "int64" then value = value:to(x.dtype) * x end
      if #value.shape == 0 then value = value * pg.ones_like(x) end
      if #value.shape == 2 then value = value:sum(2) end
      return value
    end,
  }
end

for arity, names in ipairs { unary, binary } do
  for _, name in ipairs(names) do
    if pg[name] and not skipped[name] then
      local method = declare(name, arity)
      write("op_" .. name .. "_torch.py", pg.export(method, "torch"))
      write("op_" .. name .. "_jax.py", pg.export(method, "jax"))
      pg.seed(7)
      local leaves = {}
      for _, side in ipairs { "chosen", "rejected" } do
        leaves[side .. ".log_prob"] = 0.1 + 0.8 * pg.rand(rows, double)
        leaves[side .. ".ref_log_prob"] = pg.zeros(rows, double)
      end
      local function compute(x) return (method(batch_of(x, method))) end
      case("op_" .. name, compute, leaves, {}, "float64")
    end
  end
end
cases:close()
