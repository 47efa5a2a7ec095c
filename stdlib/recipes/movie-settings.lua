--- Chooses beta and the number of steps of movie-preferences on its validation pairs.
--
-- Every setting is trained on seeds that the evidence does not use, and judged on the validation
-- part of the split. A setting is admitted if its samples stay text: most come to an end before
-- the cap. Of those admitted within `near` of the most accurate, the one nearest the reference
-- is chosen. No test pair is read.
--
--   perigee run stdlib/recipes/movie-settings.lua --seeds 2
local pg = require "perigee"
local measures = require "recipes.preference_measures"
local reader = require "recipes.movie_reader"

local o = pg.options {
  name = "movie-settings",
  options = {
    loss = pg.text "dpo",
    seeds = pg.integer(2),
    seed = pg.integer(1001), -- the first
    source = pg.choice { "movie-reviews", "synthetic" },
    pairs = pg.choice { "two-rater", "same-rater" },
    train_pairs = pg.integer(9600),
    epochs = pg.number(4),
    steps = pg.integer(300), -- at most; a third and two thirds are tried too
    learning_rate = pg.positive(5e-4),
    samples = pg.integer(256),
    ended = pg.interval(0, 1, 0.75), -- share of samples that must end before the cap
    near = pg.positive(0.01), -- accuracy that a smaller KL is worth
  },
}

--- Validation accuracy of one setting, and what its policy writes.
local function measured(run, world, start, reference, seed, beta, steps)
  local policy = start:copy()
  run:align {
    name = ("beta-%g-steps-%d"):format(beta, steps), policy = policy, reference = reference,
    data = world.train, loss = o.loss, params = { beta = beta }, steps = steps,
    learning_rate = o.learning_rate,
  }
  local reward = measures.implicit_rewards(policy, reference, world.validation)
  local samples = policy:sample { count = o.samples, seed = seed, length = 96 }
  return {
    outcomes = world.validation:outcomes(function(text) return reward[text] end),
    data = world.validation, seed = seed,
    kl = pg.mean_interval(samples:kl(reference)).mean,
    tokens = pg.mean_interval(samples:lengths()).mean,
    ended = samples:ended(),
  }
end

--- Adds a seed's measurements of all settings to what other seeds gave.
local function trial(seed, settings)
  local run = pg.run { seed = seed }
  local world = pg.movie_preferences {
    source = o.source, pairs = o.pairs, seed = seed, train_pairs = o.train_pairs,
    validation_pairs = 4000,
  }
  local start = reader(run, world, seed, o.epochs)
  local reference = start:frozen()
  local usual = reference:sample { count = o.samples, seed = seed, length = 96 }
  local length = pg.mean_interval(usual:lengths()).mean
  for _, setting in ipairs(settings) do
    local found = measured(run, world, start, reference, seed, setting.beta, setting.steps)
    found.longer = found.tokens / length
    setting[#setting + 1] = found
    run:result(("beta %g, %d steps"):format(setting.beta, setting.steps), {
      validation_accuracy = pg.mean_interval(found.outcomes).mean, kl = found.kl,
      tokens = found.tokens, ended = found.ended,
    })
  end
  run:finish { reference_tokens = length }
end

local function mean(setting, field)
  local total = 0
  for _, found in ipairs(setting) do total = total + found[field] end
  return total / #setting
end

local settings = {}
for _, beta in ipairs { 0.1, 0.3, 1 } do
  for share = 1, 3 do
    settings[#settings + 1] = { beta = beta, steps = o.steps * share // 3 }
  end
end
for seed = o.seed, o.seed + o.seeds - 1 do trial(seed, settings) end

--- The admitted setting nearest the reference among those about as accurate as the best.
local function choose(admitted)
  local top, best = 0, nil
  for _, setting in ipairs(admitted) do top = math.max(top, setting.accuracy.mean) end
  for _, setting in ipairs(admitted) do
    local is_near = setting.accuracy.mean >= top - o.near
    if is_near and (not best or setting.kl < best.kl) then best = setting end
  end
  return best
end

local admitted = {}
local rows = { { "beta", "steps", "accuracy [95 %]", "KL", "length", "ended", "" } }
for _, setting in ipairs(settings) do
  local groups = {}
  for i, found in ipairs(setting) do
    groups[i] = { outcomes = found.outcomes, data = found.data, seed = found.seed }
  end
  setting.accuracy, setting.kl = pg.confidence(groups), mean(setting, "kl")
  local ended = mean(setting, "ended")
  if ended >= o.ended then admitted[#admitted + 1] = setting end
  rows[#rows + 1] = {
    ("%g"):format(setting.beta), ("%d"):format(setting.steps), measures.shown(setting.accuracy),
    ("%.1f"):format(setting.kl), ("x %.2f"):format(mean(setting, "longer")),
    ("%.2f"):format(ended), ended >= o.ended and "admitted" or "runs on",
  }
end
pg.print_table(("%d seeds, validation %s pairs"):format(o.seeds, o.pairs), rows)
local best = choose(admitted)
print(best and ("chosen: beta %g, %d steps"):format(best.beta, best.steps)
  or "chosen: none; no setting keeps its samples text")
