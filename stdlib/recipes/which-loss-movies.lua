--- Which preference loss on real preferences: twelve of them on the movie reviews.
--
-- A language model is trained for each loss and seed, as movie-preferences does it. Nothing is
-- tuned here, because the pairs that decide are test pairs: each loss has the parameters that its
-- file declares, DPO the beta that movie-settings chose on validation pairs.
--
--   perigee ablate recipes/which-loss-movies --dry-run
--   perigee ablate recipes/which-loss-movies
local pg = require "perigee"

return pg.ablation {
  task = "recipes/movie-preferences",
  vary = {
    loss = {
      "dpo", "ipo", "hinge", "cdpo", "robust_dpo", "exo", "apo_zero", "simpo", "nca", "kto_pair",
      "rso_sigmoid", "lrml",
    },
  },
  seeds = 5,
  baseline = { loss = "dpo" },
  metric = "implicit reward, policy", -- accuracy on held-out pairs
  also = { "lexicon_gain", "kl" },
}
