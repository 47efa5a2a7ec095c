--- Jensen-Shannon divergence, twice the usual one.
--
--   f(u) = u log u - (u + 1) log((u + 1) / 2),  f'(u) = log(2 u / (1 + u)),  u = pi / ref
--
-- @param   u          density ratio pi / ref, > 0, any shape
-- @param   log_ratio  log u, any shape
-- @return             f(u); score is f'(u)
-- @error   u is not a tensor of numbers
-- @law     convex; zero at one; steep at zero
-- @example js.score(pg.tensor {0}) --> {0}
-- @source  Wang et al. (2023), arXiv:2309.16240, table 1
-- @differs score is log 2 + log sigmoid(log u), which has a value for every log-ratio
local pg = require "perigee"

return pg.divergence {
  f = function(u) return u * pg.log(u) - (u + 1) * pg.log((u + 1) / 2) end,
  score = function(log_ratio) return 0.6931471805599453 + pg.log_sigmoid(log_ratio) end,
}
