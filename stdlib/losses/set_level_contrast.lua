--- Multi-preference optimization: all better completions of a prompt against all of them.
--
--   L = -log(sum over Y+ of w e^s / sum over all of w e^s),  s = beta log pi / ref,
--   Y+ = completions with a reward above the mean,  w = e^(alpha |r - mean r|^p)
--
-- With one completion on either side and alpha = 0 it is DPO.
--
-- @param   batch  groupwise; completion.logratio, completion.reward, mask [group, member]
-- @param   beta   inverse temperature of the KL constraint, > 0
-- @param   alpha  weight of the distance to the mean reward, >= 0
-- @param   power  p, exponent of that distance, >= 0
-- @return         [group] nats; 0 where all rewards are equal
-- @error   the batch has no groups
-- @law     nonnegative; invariant to reward shift; invariant to member order
-- @example set_level_contrast { completion = { logratio = {{0.5, -0.2}}, reward = {{1, 0}} },
--   mask = {{1, 1}} } --> {0.6587596}
-- @example set_level_contrast { completion = { logratio = {{0.5, 0.1, -0.2, -0.4}},
--   reward = {{3, 2, 1, 0}} }, mask = {{1, 1, 1, 1}} } --> {0.6635244}
-- @example set_level_contrast({ completion = { logratio = {{0.5, 0.1, -0.2, -0.4}},
--   reward = {{3, 2, 1, 0}} }, mask = {{1, 1, 1, 1}} }, { alpha = 1 }) --> {0.6568410}
-- @source  Gupta et al. (2024), arXiv:2412.04628
-- @differs the exponent of the weight was not read, 1 is ours; alpha = 0, the default, leaves
--   weights out
local pg = require "perigee"

return pg.loss {
  kind = "groupwise",
  params = {
    beta = pg.positive(0.1, { 0.01, 1 }),
    alpha = pg.interval(0, 10, 0),
    power = pg.interval(0, 4, 1),
  },
  compute = function(batch, p)
    local mask, reward = batch.mask, batch.completion.reward
    local mean = ((mask * reward):sum(2) / mask:sum(2)):unsqueeze(2)
    local gap = pg.abs(reward - mean)
    local s = p.beta * batch.completion.logratio + p.alpha * pg.pow(gap + 1e-12, p.power)
    local all = pg.logsumexp(pg.where(pg.gt(mask, 0), s, -1e30), 2)
    local better = pg.gt(mask * (reward - mean), 0)
    local above = pg.logsumexp(pg.where(better, s, -1e30), 2)
    return pg.where(pg.gt(above, -1e29), all - above, 0)
  end,
}
