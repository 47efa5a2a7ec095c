--- The evidence behind movie-preferences: several seeds, and a control with shuffled labels.
--
-- For every seed the pairs, the initial model and the order are drawn anew; all seeds hold out the
-- same texts. Each seed trains one reference and from it two policies: one on the labels, one on
-- coin flips. Intervals resample seeds and test blocks together.
--
--   perigee run stdlib/recipes/movie-evidence.lua --seeds 5
local pg = require "perigee"
local measures = require "recipes.preference_measures"
local reader = require "recipes.movie_reader"

local o = pg.options {
  name = "movie-evidence",
  methods = { loss = { "dpo", beta = 0.3 } }, -- chosen by movie-settings, as are the steps
  options = {
    seeds = pg.integer(5),
    seed = pg.integer(1), -- the first
    source = pg.choice { "movie-reviews", "synthetic" },
    pairs = pg.choice { "two-rater", "same-rater" },
    train_pairs = pg.integer(9600),
    epochs = pg.number(4),
    steps = pg.integer(300),
    learning_rate = pg.positive(5e-4),
    samples = pg.integer(512),
  },
}

local function draw(seed, shuffled)
  return pg.movie_preferences {
    source = o.source, pairs = o.pairs, seed = seed, shuffle_labels = shuffled,
    train_pairs = o.train_pairs,
  }
end

--- A policy trained from the reference: how it orders test pairs, and what it writes.
local function arm(run, start, reference, seed, shuffled)
  local world, policy = draw(seed, shuffled), start:copy()
  run:align {
    name = shuffled and "shuffled" or "preference", policy = policy, reference = reference,
    data = world.train, loss = o.loss, steps = o.steps, learning_rate = o.learning_rate,
  }
  local reward = measures.implicit_rewards(policy, reference, world.test)
  local samples = policy:sample { count = o.samples, seed = seed, length = 96 }
  local lexicon = pg.scorer("lexicon", { lexicon = world.lexicon })
  return {
    outcomes = world.test:outcomes(function(text) return reward[text] end), data = world.test,
    written = measures.describe(samples, lexicon), kl = pg.mean_interval(samples:kl(reference)),
  }
end

local function trial(seed)
  local run = pg.run { seed = seed }
  local world = draw(seed, false)
  local start = reader(run, world, seed, o.epochs)
  local reference = start:frozen()
  local lexicon = pg.scorer("lexicon", { lexicon = world.lexicon })
  local result = {
    seed = seed, labels = arm(run, start, reference, seed, false),
    shuffled = arm(run, start, reference, seed, true),
    reference = measures.describe(
      reference:sample { count = o.samples, seed = seed, length = 96 }, lexicon),
  }
  run:finish {
    accuracy = pg.mean_interval(result.labels.outcomes).mean,
    shuffled_accuracy = pg.mean_interval(result.shuffled.outcomes).mean,
    kl = result.labels.kl.mean, tokens = result.labels.written.tokens,
    lexicon_score = result.labels.written.lexicon_score,
    reference_lexicon_score = result.reference.lexicon_score,
    shuffled_lexicon_score = result.shuffled.written.lexicon_score,
  }
  return result
end

--- The accuracy of one arm over all seeds.
local function accuracy(results, name)
  local groups = {}
  for i, r in ipairs(results) do
    groups[i] = { outcomes = r[name].outcomes, data = r[name].data, seed = r.seed }
  end
  return measures.shown(pg.confidence(groups))
end

--- The mean difference of lexicon scores over all seeds, sample by sample.
local function gain(results, other)
  local groups = {}
  for i, r in ipairs(results) do
    local differences = {}
    for k, score in ipairs(r.labels.written.lexical) do
      differences[k] = score - other(r).lexical[k]
    end
    groups[i] = { outcomes = differences, seed = r.seed }
  end
  return measures.shown(pg.confidence(groups))
end

local results = {}
for seed = o.seed, o.seed + o.seeds - 1 do results[#results + 1] = trial(seed) end
pg.print_table(("%d seeds, %s pairs [95 %%]"):format(o.seeds, o.pairs), {
  { "accuracy", accuracy(results, "labels") },
  { "accuracy after shuffled labels", accuracy(results, "shuffled") },
  { "lexicon gain over the reference", gain(results, function(r) return r.reference end) },
  { "lexicon gain over shuffled labels",
    gain(results, function(r) return r.shuffled.written end) },
})
