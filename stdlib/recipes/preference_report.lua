--- The report of a preference recipe: held-out accuracy beside baselines, and sampled text.
local pg = require "perigee"
local bag_of_words = require "recipes.bag_of_words"

--- `0.683 [0.664, 0.702]`
local function shown(interval)
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

--- How each pair was ordered by the mean of all other raters: 1, 0, or 1/2 for a tie.
local function crowd_outcomes(data)
  local better, worse = data:column("chosen_crowd"), data:column("rejected_crowd")
  local outcomes = {}
  for i = 1, #data do
    outcomes[i] = better[i] > worse[i] and 1 or better[i] == worse[i] and 0.5 or 0
  end
  return outcomes
end

--- Outcomes of held-out pairs under the policy and under every baseline, in the order to show.
local function orders(world, policy, reference, lexicon)
  local test = world.test
  local new, old = scores(policy, test), scores(reference, test)
  local function by(score) return test:outcomes(score) end
  return {
    { "implicit reward, policy", by(function(t) return new[t].log_prob - old[t].log_prob end) },
    { "log-probability, reference", by(function(t) return old[t].log_prob end) },
    { "the same a token", by(function(t) return old[t].log_prob / old[t].length end) },
    { "shorter wins", by(function(t) return -#t end) },
    { "lexicon score a word", by(lexicon) },
    { "bag-of-words Bradley-Terry", by(bag_of_words(world.train)) },
    { "crowd ceiling, leave one out", crowd_outcomes(test) },
  }
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
local function describe(samples, lexicon)
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

local function print_accuracy(found, test, o, summary)
  local rows = {}
  for i, order in ipairs(found) do
    local interval = pg.confidence { { outcomes = order[2], data = test, seed = o.seed } }
    summary[order[1]] = interval
    rows[i] = { order[1], shown(interval) }
  end
  pg.print_table(("%d held-out %s pairs: accuracy [95 %%]"):format(#test, o.pairs), rows)
end

local function print_samples(before, after, count)
  local rows = { { "", "reference", "policy" } }
  for _, row in ipairs {
    { "lexicon score a word", "lexicon_score", "%.4f" },
    { "tokens", "tokens", "%.1f" },
    { "ended before the cap", "ended", "%.3f" },
    { "distinct words", "distinct", "%.3f" },
  } do
    local name, field, format = table.unpack(row)
    rows[#rows + 1] = { name, format:format(before[field]), format:format(after[field]) }
  end
  pg.print_table(("%d sampled texts, same random numbers"):format(count), rows)
end

return function(run, world, policy, reference, o)
  local lexicon = pg.scorer("lexicon", { lexicon = world.lexicon })
  local summary = { source = world.source }
  print_accuracy(orders(world, policy, reference, lexicon), world.test, o, summary)

  local drawn = policy:sample { count = o.samples, seed = o.seed }
  local before = describe(reference:sample { count = o.samples, seed = o.seed }, lexicon)
  local after = describe(drawn, lexicon)
  print_samples(before, after, o.samples)

  local gain = pg.paired_interval(after.lexical, before.lexical)
  local kl = pg.mean_interval(drawn:kl(reference))
  local seconds = run:seconds_per_step("preference")
  pg.print_table("Policy against reference", {
    { "lexicon gain a word", ("%.4f [%.4f, %.4f]"):format(gain.mean, gain.lower, gain.upper) },
    { "KL(policy || reference)", ("%.2f ± %.2f nats"):format(kl.mean, kl.standard_error) },
    { "loss", ("%.4f"):format(run:metric("preference", "loss")) },
    { "time of a step", seconds and ("%.0f ms"):format(1000 * seconds) or "resumed" },
    { "data", world.source },
    { "run", run:path() },
  })
  run:write_samples(drawn:texts())
  before.lexical, after.lexical = nil, nil
  summary.reference, summary.policy, summary.lexicon_gain, summary.kl = before, after, gain, kl
  run:finish(summary)
end
