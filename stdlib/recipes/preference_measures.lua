--- What preference recipes measure of models, pairs and samples.
local pg = require "perigee"

local measures = {}

--- `0.683 [0.664, 0.702]`
function measures.shown(interval)
  return ("%.3f [%.3f, %.3f]"):format(interval.mean, interval.lower, interval.upper)
end

--- Log-probability and length of every text of some pairs, by text.
local function scores(model, data)
  local texts, by_text = {}, {}
  for _, list in ipairs { data:texts() } do
    for _, text in ipairs(list) do
      if text ~= "" and not by_text[text] then
        texts[#texts + 1] = text
        by_text[text] = {}
      end
    end
  end
  local log_probs, lengths = model:log_probs(texts)
  for i, text in ipairs(texts) do
    by_text[text] = { log_prob = log_probs[i], length = lengths[i] }
  end
  return by_text
end

--- The implicit reward of each text of some pairs, in units of 1 / beta, by text; and what the
--- reference makes of it.
function measures.implicit_rewards(policy, reference, data)
  local new, old, reward = scores(policy, data), scores(reference, data), {}
  for text, score in pairs(new) do reward[text] = score.log_prob - old[text].log_prob end
  return reward, old
end

--- Distinct words among all words.
local function distinct(texts)
  local seen, kinds, total = {}, 0, 0
  for _, text in ipairs(texts) do
    for word in text:lower():gmatch("%S+") do
      total = total + 1
      if not seen[word] then kinds = kinds + 1 end
      seen[word] = true
    end
  end
  return total == 0 and 0 or kinds / total
end

--- What is measured of a model's samples.
function measures.describe(samples, lexicon)
  local texts, lexical = samples:texts(), {}
  for i, text in ipairs(texts) do lexical[i] = lexicon(text) end
  return {
    lexical = lexical,
    lexicon_score = pg.mean_interval(lexical).mean,
    tokens = pg.mean_interval(samples:lengths()).mean,
    ended = samples:ended(),
    distinct = distinct(texts),
  }
end

return measures
