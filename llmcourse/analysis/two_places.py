"""A task with two places to look at: the smallest reason for a second head.

Each token is a vector of random numbers, its content. Two of them are marked, one as the first, one as the second, and
the last token has to hand over the contents of both. A head returns *one* mean. With a share s of the weight on the one
and 1 - s on the other it holds s·a + (1 - s)·b, and no linear map gets both a and b out of that: whatever s is, half of
the variance is lost. Two heads of half the width take one place each and lose nothing.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.model import ModelConfig, MultiHeadAttention, record

CONTENT, MARKS, TOKENS = 16, 16, 8  # numbers of a token's content, numbers for its mark; tokens before the asking one
MARK = 4.0  # large enough for a head to see it at once


def two_places(
    batch: int, generator: torch.Generator
) -> tuple[Float[Tensor, "batch 9 32"], Float[Tensor, "batch 32"], Int[Tensor, "batch 2"]]:
    """Inputs, what is wanted at the last token, and the places of the first and the second mark."""
    content = torch.randn(batch, TOKENS + 1, CONTENT, generator=generator)
    content[:, -1] = 0  # the asking token has none
    places = torch.rand(batch, TOKENS, generator=generator).argsort(dim=-1)[:, :2]
    marks = torch.zeros(batch, TOKENS + 1, MARKS)
    rows = torch.arange(batch)
    marks[rows, places[:, 0], 0] = MARK
    marks[rows, places[:, 1], 1] = MARK
    marks[:, -1, 2] = MARK
    wanted = torch.cat([content[rows, places[:, 0]], content[rows, places[:, 1]]], dim=-1)
    return torch.cat([content, marks], dim=-1), wanted, places


@dataclass
class Outcome:
    """A trained layer: its error at each step (1: nothing known, 0: both contents exact) and where it looks."""

    layer: MultiHeadAttention
    errors: list[float]

    @property
    def error(self) -> float:
        """The mean of the last twenty steps."""
        return sum(self.errors[-20:]) / len(self.errors[-20:])

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.layer.parameters())

    def shares(self, seed: int = 0) -> Float[Tensor, "head 3"]:
        """The asking token's weight on the first place, on the second, and on all others; mean of 500 examples."""
        x, _, places = two_places(500, torch.Generator().manual_seed(seed))
        with torch.no_grad(), record(self.layer, "weights") as trace:
            self.layer(x)
        weights = trace["weights"][:, :, -1]  # batch head key
        marked = weights.gather(-1, places[:, None].expand(-1, weights.shape[1], -1)).mean(dim=0)  # head 2
        return torch.cat([marked, 1 - marked.sum(-1, keepdim=True)], dim=-1)


def train_two_places(n_heads: int, n_kv_heads: int | None = None, steps: int = 300, seed: int = 0) -> Outcome:
    """One layer of attention, 32 wide however many heads share the width, trained on the task."""
    config = ModelConfig(
        vocab_size=1, d_model=CONTENT + MARKS, n_heads=n_heads, n_kv_heads=n_kv_heads, positions="none"
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = MultiHeadAttention(config, is_causal=False)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.01)
    errors = []
    for _ in range(steps):
        x, wanted, _ = two_places(128, generator)
        error = (layer(x)[:, -1] - wanted).square().mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        errors.append(error.item())
    return Outcome(layer, errors)
