--- A Bradley-Terry model over words: a text's reward is the mean weight of its words.
--
-- Fitted by Adam to all pairs at once, with stdlib/preference_models/bradley_terry as likelihood
-- and a penalty on the weights. Returns a function that scores a text.
local pg = require "perigee"

local bradley_terry = pg.method("bradley_terry")

local function words(text)
  local list = {}
  for word in text:lower():gmatch("%w+") do list[#list + 1] = word end
  return list
end

--- Texts as rows of word numbers; number 1 stands for no word, and for words seen once.
local function encode(texts)
  local count, number, kinds = {}, {}, 1
  local lists, longest = {}, 1
  for i, text in ipairs(texts) do
    lists[i] = words(text)
    longest = math.max(longest, #lists[i])
    for _, word in ipairs(lists[i]) do count[word] = (count[word] or 0) + 1 end
  end
  local rows, lengths = {}, {}
  for i, list in ipairs(lists) do
    local row = {}
    for j = 1, longest do
      local word = list[j]
      if word and count[word] > 1 and not number[word] then
        kinds = kinds + 1
        number[word] = kinds
      end
      row[j] = word and number[word] or 1
    end
    rows[i], lengths[i] = row, math.max(#list, 1)
  end
  return rows, lengths, number, kinds
end

--- The distinct texts of some pairs, and each side's places among them.
local function distinct(data)
  local texts, place, sides = {}, {}, { {}, {} }
  for side, list in ipairs { data:texts() } do
    for i, text in ipairs(side <= 2 and list or {}) do
      if not place[text] then
        texts[#texts + 1] = text
        place[text] = #texts
      end
      sides[side][i] = place[text]
    end
  end
  return texts, pg.tensor(sides[1], "int64"), pg.tensor(sides[2], "int64")
end

--- Adam with the usual averages; the whole data at every step.
local function fit(loss, weights, steps, rate)
  local gradient = pg.grad(loss)
  local m, v = pg.zeros(#weights), pg.zeros(#weights)
  for step = 1, steps do
    local g = gradient(weights)
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * pg.square(g)
    local size = rate * math.sqrt(1 - 0.999 ^ step) / (1 - 0.9 ^ step)
    weights = weights - size * m / (pg.sqrt(v) + 1e-8)
  end
  return weights
end

return function(data)
  local texts, better, worse = distinct(data)
  local rows, lengths, number, kinds = encode(texts)
  local index, length = pg.tensor(rows, "int64"), pg.tensor(lengths)
  local known = index:gt(1):to("float32")
  local weight = fit(function(weights)
    local reward = (weights:embedding(index) * known):sum(2) / length
    local nats = bradley_terry {
      chosen = { reward = reward:embedding(better) },
      rejected = { reward = reward:embedding(worse) },
    }
    return nats:mean() + 1e-5 * pg.square(weights):sum()
  end, pg.zeros(kinds), 150, 0.1):totable()
  return function(text)
    local list, sum = words(text), 0
    for _, word in ipairs(list) do sum = sum + (number[word] and weight[number[word]] or 0) end
    return #list == 0 and 0 or sum / #list
  end
end
