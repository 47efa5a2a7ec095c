--- Risk-aware DPO: the margin is corrected by how far the policy has drifted, token by token.
--
--   first   L = -log sigmoid(u - beta (D_l - D_w))
--   second  L = -log sigmoid(u - alpha beta (D_l - sg D_w))
--
-- with u = beta * margin of log-ratios and D the sum over tokens of a risk measure of
-- log ref / pi over the vocabulary, from diagnostics/sequential_risk. With the mean as measure
-- (level 1) these are the two forms of token-level DPO, TDPO.
--
-- @param   batch  pairwise; logratio and risk [batch] of both sides
-- @param   beta   inverse temperature of the KL constraint, > 0
-- @param   alpha  weight of the correction in the second form, >= 0
-- @param   form   second or first
-- @return         [batch] nats
-- @error   the sides have no risk
-- @law     nonnegative; decreasing in margin; equals losses/dpo when alpha = 0
-- @example risk_aware_dpo({ chosen = { logratio = {0.5}, risk = {0.12} },
--   rejected = { logratio = {-0.2}, risk = {0.30} } }, { form = "first" }) --> {0.6674851}
-- @example risk_aware_dpo { chosen = { logratio = {0.5}, risk = {0.12} },
--   rejected = { logratio = {-0.2}, risk = {0.30} } } --> {0.6631122}
-- @source  Zhang et al. (2025), arXiv:2505.20359; Zeng et al. (2024), arXiv:2404.11999
-- @differs nothing
local pg = require "perigee"

return pg.loss {
  kind = "pairwise",
  needs = { side = { risk = "batch" } },
  params = {
    beta = pg.positive(0.1, { 0.01, 1 }),
    alpha = pg.interval(0, 10, 0.5, { 0.1, 1 }),
    form = pg.choice { "second", "first" },
  },
  compute = function(batch, p)
    local chosen, rejected = batch.chosen, batch.rejected
    local u = p.beta * (chosen.logratio - rejected.logratio)
    if p.form == "first" then
      return -pg.log_sigmoid(u - p.beta * (rejected.risk - chosen.risk))
    end
    local drift = rejected.risk - pg.stop_gradient(chosen.risk)
    return -pg.log_sigmoid(u - p.alpha * p.beta * drift)
  end,
}
