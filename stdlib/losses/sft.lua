--- Supervised fine-tuning on the chosen side.
--
--   L = -log pi(y_w) / mean over the batch of |y_w|
--
-- The mean of L over the batch is the negative log-likelihood of a token.
--
-- @param   batch  pairwise; chosen.log_prob, chosen.length [batch]
-- @return         [batch] nats per token
-- @error   the batch has no chosen side
-- @law     nonnegative
-- @example sft { chosen = { log_prob = {-3, -5}, length = {2, 2} } } --> {1.5, 2.5}
-- @source  Ouyang et al. (2022), arXiv:2203.02155, section 3.5
-- @differs nothing
local pg = require "perigee"

return pg.loss {
  kind = "pairwise",
  reduction = "batch",
  params = {},
  compute = function(batch)
    return -batch.chosen.log_prob / batch.chosen.length:mean()
  end,
}
