--- DPO under any f-divergence to the reference.
--
--   L = -log sigmoid(beta (f'(pi / ref (y_w)) - f'(pi / ref (y_l))))
--
-- @param   batch       pairwise; chosen.logratio, rejected.logratio [batch]
-- @param   beta        strength of the constraint, > 0
-- @param   divergence  reverse_kl (which is DPO), forward_kl, js or alpha
-- @param   alpha       of the alpha-divergence; 0 is the reverse, 1 the forward KL divergence
-- @param   limit       bound of the exponents of the alpha-divergence; at most 88 in float32
-- @return              [batch] nats
-- @error   the sides differ in shape
-- @law     zero_margin_value 0.6931472; decreasing in margin; nonnegative
-- @law     equals losses/dpo when divergence = reverse_kl
-- @example f_dpo({ chosen = { logratio = {0.5} }, rejected = { logratio = {-0.2} } },
--   { divergence = "js" }) --> {0.6770754}
-- @source  Wang et al. (2023), arXiv:2309.16240, eq. 8
-- @differs scores are computed in log space; see each file of divergences for its range
local pg = require "perigee"

return pg.loss {
  kind = "pairwise",
  params = {
    beta = pg.positive(0.1, { 0.01, 1 }),
    divergence = pg.choice { "reverse_kl", "forward_kl", "js", "alpha" },
    alpha = pg.interval(-2, 2, 0.5, { 0.1, 0.9 }),
    limit = pg.positive(80),
  },
  compute = function(batch, p)
    local score = pg.method("divergences/" .. p.divergence).score
    local u = p.beta * (score(batch.chosen.logratio, p) - score(batch.rejected.logratio, p))
    return -pg.log_sigmoid(u)
  end,
}
