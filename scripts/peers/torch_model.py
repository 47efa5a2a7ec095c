"""The models of the cases in PyTorch: the same extents and architecture as Perigee's."""

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH, HEADS, HIDDEN, LAYERS, LENGTH = 128, 4, 352, 4, 64


def policy():
    return nn.Sequential(
        nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 128), nn.Tanh(), nn.Linear(128, 16))


def rotations():
    half = WIDTH // HEADS // 2
    angles = torch.arange(LENGTH)[:, None] * 10000.0 ** (-torch.arange(half) / half)
    return angles.cos(), angles.sin()


def turn(x, cosines, sines):
    left, right = x.chunk(2, -1)
    return torch.cat((left * cosines - right * sines, right * cosines + left * sines), -1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_norm = nn.RMSNorm(WIDTH, eps=1e-5)
        self.feed_forward_norm = nn.RMSNorm(WIDTH, eps=1e-5)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.output = nn.Linear(WIDTH, WIDTH, bias=False)
        self.gate_up = nn.Linear(WIDTH, 2 * HIDDEN, bias=False)
        self.down = nn.Linear(HIDDEN, WIDTH, bias=False)

    def project(self, x, cosines, sines):
        batch, tokens, _ = x.shape
        parts = self.query_key_value(self.attention_norm(x))
        parts = parts.view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        return turn(parts[0], cosines, sines), turn(parts[1], cosines, sines), parts[2]

    def finish(self, x, attended):
        batch, tokens, _ = x.shape
        x = x + self.output(attended.transpose(1, 2).reshape(batch, tokens, WIDTH))
        gate, up = self.gate_up(self.feed_forward_norm(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)

    def forward(self, x, cosines, sines):
        query, key, value = self.project(x, cosines, sines)
        return self.finish(x, F.scaled_dot_product_attention(query, key, value, is_causal=True))

    def step(self, x, cosines, sines, keys, values, position):
        query, key, value = self.project(x, cosines, sines)
        keys[:, :, position : position + 1] = key
        values[:, :, position : position + 1] = value
        return self.finish(
            x,
            F.scaled_dot_product_attention(
                query, keys[:, :, : position + 1], values[:, :, : position + 1]))


class Llama(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, WIDTH)
        self.blocks = nn.ModuleList([Block() for _ in range(LAYERS)])
        self.norm = nn.RMSNorm(WIDTH, eps=1e-5)
        nn.init.normal_(self.embedding.weight, std=0.02)
        cosines, sines = rotations()
        self.register_buffer("cosines", cosines)
        self.register_buffer("sines", sines)

    def forward(self, ids):
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, self.cosines, self.sines)
        return F.linear(self.norm(x), self.embedding.weight)

    def step(self, ids, caches, position):
        x = self.embedding(ids)[:, None]
        place = slice(position, position + 1)
        for block, (keys, values) in zip(self.blocks, caches):
            x = block.step(x, self.cosines[place], self.sines[place], keys, values, position)
        return F.linear(self.norm(x), self.embedding.weight)[:, 0]


def token_log_probs(model, ids):
    """Of each token after the first: [rows, tokens]."""
    logits = model(ids[:, :-1])
    losses = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    return -losses.view(ids.shape[0], -1)


@torch.inference_mode()
def sample(model, rows, tokens):
    shape = (rows, HEADS, LENGTH, WIDTH // HEADS)
    caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in model.blocks]
    ids = torch.zeros(rows, dtype=torch.int64)
    drawn, scores = [], []
    for position in range(tokens):
        log_probs = torch.log_softmax(model.step(ids, caches, position), -1)
        ids = torch.multinomial(log_probs.exp(), 1)
        scores.append(log_probs.gather(1, ids)[:, 0])
        ids = ids[:, 0]
        drawn.append(ids)
    return torch.stack(drawn, 1), torch.stack(scores, 1)
