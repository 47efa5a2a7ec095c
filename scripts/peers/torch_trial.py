"""The bandit trial in eager PyTorch, as one would write it: 500 steps of the policy."""

import os

import torch

import torch_model

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)
batch, steps = 64, 500
arms = torch.randn(64, 16) / 8
policy = torch_model.policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for _ in range(steps):
    state = torch.randn(batch, 64)
    log_probs = torch.log_softmax(policy(state), -1)
    arm = torch.multinomial(log_probs.detach().exp(), 1)
    reward = (state @ arms).gather(1, arm)
    advantage = reward - reward.mean()
    loss = -(log_probs.gather(1, arm) * advantage).mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(f"reward {reward.mean().item():.3f}")
