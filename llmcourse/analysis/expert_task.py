"""A task that is made for experts: every token belongs to one of several groups, and each group has its own function.

The truth is known: an expert for each group and a router that tells the groups apart would do it without error. So one
can see both, how well a mixture does and whether it shares out the work.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.model.efficient import Experts, balance_loss
from llmcourse.training.tasks import learn

GROUPS = 8
WIDTH = 16


class GroupTask:
    """`draw(generator)`: vectors near the centre of their group, what each group makes of them, and the groups."""

    def __init__(self, seed: int = 0, n_tokens: int = 512):
        generator = torch.Generator().manual_seed(seed)
        self.n_tokens = n_tokens
        self.centres = 2 * F.normalize(torch.randn(GROUPS, WIDTH, generator=generator), dim=-1)
        self.matrices = torch.randn(GROUPS, WIDTH, WIDTH, generator=generator) / WIDTH**0.5

    def draw(
        self, generator: torch.Generator
    ) -> tuple[Float[Tensor, "token width"], Float[Tensor, "token width"], Int[Tensor, "token"]]:
        group = torch.randint(0, GROUPS, (self.n_tokens,), generator=generator)
        own = 0.5 * torch.randn(self.n_tokens, WIDTH, generator=generator)  # what differs from token to token
        target = torch.einsum("tij,tj->ti", self.matrices[group], own)
        return self.centres[group] + own, target, group


def dense(d_ff: int) -> nn.Module:
    """A feed-forward layer, to compare with."""
    return nn.Sequential(nn.Linear(WIDTH, d_ff), nn.ReLU(), nn.Linear(d_ff, WIDTH))


def train_on_groups(model: nn.Module, balance: float = 0.0, steps: int = 400, seed: int = 0) -> float:
    """Train a layer on the groups; returns its squared error on new tokens, as a share of the targets' variance.

    balance: the weight of `balance_loss`, for a mixture
    """
    task = GroupTask(seed)

    def loss_of(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        x, target, _ = batch
        loss = F.mse_loss(model(x), target)
        if balance and isinstance(model, Experts):
            loss = loss + balance * balance_loss(model.shares, model.chosen)
        return loss

    learn(model, task.draw, loss_of, steps=steps, lr=5e-3, seed=seed)
    x, target, _ = task.draw(torch.Generator().manual_seed(1_000_003))
    with torch.no_grad():
        return (F.mse_loss(model(x), target) / target.var()).item()


@torch.no_grad()
def experts_by_group(model: Experts, seed: int = 0) -> Float[Tensor, "group expert"]:
    """Of the tokens of each group, the share that goes to each expert (its first choice)."""
    x, _, group = GroupTask(seed, n_tokens=4096).draw(torch.Generator().manual_seed(1_000_003))
    model(x)
    pairs = torch.bincount(group * len(model.experts) + model.chosen[:, 0], minlength=GROUPS * len(model.experts))
    counts = pairs.view(GROUPS, -1).float()
    return counts / counts.sum(dim=1, keepdim=True)
