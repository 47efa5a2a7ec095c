--- When preferences are deterministic, DPO forgets its reference and IPO does not.
--
-- Three actions, of which the first always beats the second and both always beat the third. The
-- labels say nothing of how much better, so DPO's implicit reward grows without end: whatever
-- beta, its policy goes all the way to the best action. IPO regresses the margin on 1 / (2 beta)
-- and stops at a policy in closed form. The picture: the divergence from the reference as training
-- goes on.
--
--   perigee run stdlib/recipes/deterministic-preferences.lua --file deterministic
--
-- Azar et al. (2023), arXiv:2310.12036, section 5.
local pg = require "perigee"

local o = pg.options {
  name = "deterministic-preferences",
  options = {
    steps = pg.integer(10000),
    learning_rate = pg.positive(0.02),
    file = pg.text "deterministic-preferences", -- .svg is added
  },
}

local betas = { 0.1, 0.5, 1 }
local task = pg.lab.bandit {
  contexts = 1, actions = 3, features = 1, reward = { 1, 0, -1 }, reference = "uniform",
  preferences = "deterministic", policy = "tabular", dtype = "float64", pairs = 0,
}

--- Steps and divergences over training, and the policy after it.
local function trained(loss, beta)
  local result = task:train {
    loss = loss, beta = beta, steps = o.steps, learning_rate = o.learning_rate, points = 100,
    schedule = "cosine",
  }
  local curve = { x = { 0 }, y = { 0 } }
  for place, point in ipairs(result.curves.kl_to_reference) do
    curve.x[place + 1], curve.y[place + 1] = point[1], point[2]
  end
  return curve, result
end

local curves, rows = {}, { { "loss", "beta", "best action", "KL(pi||ref)", "to closed form" } }
for _, loss in ipairs { "dpo", "ipo" } do
  for _, beta in ipairs(betas) do
    local curve, result = trained(loss, beta)
    curves[("%s, beta %g"):format(loss, beta)] = curve
    local distance = "none"
    if loss == "ipo" then
      local best = task:identity_optimum { beta = beta }
      distance = ("%.1e"):format(task:distance(result.policy, best))
    end
    rows[#rows + 1] = {
      loss, tostring(beta), ("%.4f"):format(result.policy:totable()[1][1]),
      ("%.4f"):format(result.metrics.kl_to_reference), distance,
    }
  end
end
pg.print_table(("Deterministic preferences, %d steps"):format(o.steps), rows)
pg.plot(curves, {
  file = o.file .. ".svg", x_label = "step", y_label = "KL(pi || ref), nats",
  title = "Deterministic preferences: DPO leaves the reference at any beta",
})
