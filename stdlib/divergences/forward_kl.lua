--- Forward Kullback-Leibler divergence KL(ref || pi).
--
--   f(u) = -log u,  f'(u) = -1 / u,  u = pi / ref
--
-- @param   u          density ratio pi / ref, > 0, any shape
-- @param   log_ratio  log u, any shape
-- @return             f(u); score is f'(u) + 1
-- @error   u is not a tensor of numbers
-- @law     convex; zero at one; steep at zero
-- @example forward_kl.score(pg.tensor {0}) --> {0}
-- @source  Wang et al. (2023), arXiv:2309.16240, table 1
-- @differs score has the constant that makes it 0 at u = 1; -log u is held below 80 in float32 and
--   700 in float64, so that a difference of two scores is never undefined
local pg = require "perigee"

return pg.divergence {
  f = function(u) return -pg.log(u) end,
  score = function(log_ratio)
    local limit = log_ratio.dtype == "float64" and 700 or 80
    return 1 - pg.exp(pg.minimum(-log_ratio, limit))
  end,
}
