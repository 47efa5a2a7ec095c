--- Chooses beta and the number of steps of movie-preferences on its validation pairs.
--
-- Every setting is trained on seeds that the evidence does not use, and judged on the validation
-- part of the split. A setting is admitted if its samples stay text: KL to the reference and mean
-- length bounded. Of those admitted, the most accurate is chosen. No test pair is read.
--
--   perigee run stdlib/recipes/movie-settings.lua --largest-kl 10
local pg = require "perigee"
local measures = require "recipes.preference_measures"
local reader = require "recipes.movie_reader"

local betas, step_counts = { 0.1, 0.3, 1 }, { 100, 200, 300 }

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
    learning_rate = pg.positive(5e-4),
    samples = pg.integer(256),
    largest_kl = pg.positive(10), -- nats a text
    longest = pg.positive(1.5), -- times the reference's mean length
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
  end
  run:finish { validation_accuracy = pg.mean_interval(settings[1][#settings[1]].outcomes).mean }
end

local function mean(setting, field)
  local total = 0
  for _, found in ipairs(setting) do total = total + found[field] end
  return total / #setting
end

local settings = {}
for _, beta in ipairs(betas) do
  for _, steps in ipairs(step_counts) do
    settings[#settings + 1] = { beta = beta, steps = steps }
  end
end
for seed = o.seed, o.seed + o.seeds - 1 do trial(seed, settings) end

local best
local rows = { { "beta", "steps", "accuracy [95 %]", "KL", "length", "ended", "" } }
for _, setting in ipairs(settings) do
  setting.accuracy = pg.confidence(setting)
  local admitted = mean(setting, "kl") <= o.largest_kl and mean(setting, "longer") <= o.longest
  if admitted and (not best or setting.accuracy.mean > best.accuracy.mean) then best = setting end
  rows[#rows + 1] = {
    ("%g"):format(setting.beta), ("%d"):format(setting.steps), measures.shown(setting.accuracy),
    ("%.1f"):format(mean(setting, "kl")), ("x %.2f"):format(mean(setting, "longer")),
    ("%.2f"):format(mean(setting, "ended")), admitted and "admitted" or "not text enough",
  }
end
pg.print_table(("%d seeds, validation %s pairs"):format(o.seeds, o.pairs), rows)
print(best and ("chosen: beta %g, %d steps"):format(best.beta, best.steps)
  or "chosen: none; no setting keeps its samples text")
