"""A mixture of experts: many feed-forward layers, of which each token uses a few.

A router gives each expert a share; the k experts with the largest shares work, and their outputs are added by share.
Left alone, a router tends to send more to those who already get more. A term in the loss asks for an even spread.

Shazeer et al. (2017), Outrageously Large Neural Networks; Fedus, Zoph and Shazeer (2022), Switch Transformers.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError


def balance_loss(shares: Float[Tensor, "token expert"], chosen: Int[Tensor, "token k"]) -> Float[Tensor, ""]:
    """n Σ fᵢ Pᵢ: fᵢ is the fraction of all choices that fell on expert i, Pᵢ the mean share that the router gave it.

    It is 1 when both are even, and n when all goes to one of the n experts. Counts have no gradient; it flows
    through the shares.
    """
    n = shares.shape[-1]
    fraction = torch.bincount(chosen.flatten(), minlength=n) / chosen.numel()
    return n * (fraction * shares.mean(dim=0)).sum()


class Experts(nn.Module):
    """`n_experts` feed-forward layers, `k` of them for each token. No token is dropped.

    After a forward pass `shares` and `chosen` hold what the router said, for `balance_loss` and for looking at.
    """

    shares: Tensor
    chosen: Tensor

    def __init__(self, d_model: int, d_ff: int, n_experts: int, k: int = 1):
        super().__init__()
        if not 1 <= k <= n_experts:
            raise CourseError(f"k={k} must be between 1 and the number of experts, {n_experts}")
        self.k = k
        self.router = nn.Linear(d_model, n_experts, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model)) for _ in range(n_experts)
        )

    def forward(self, x: Float[Tensor, "*batch d_model"]) -> Float[Tensor, "*batch d_model"]:
        tokens = x.flatten(0, -2)
        self.shares = self.router(tokens).softmax(dim=-1)
        weights, self.chosen = self.shares.topk(self.k, dim=-1)  # token k
        output = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            token, place = (self.chosen == number).nonzero(as_tuple=True)
            output = output.index_add(0, token, weights[token, place, None] * expert(tokens[token]))
        return output.view_as(x)

    @property
    def load(self) -> list[float]:
        """The fraction of the last pass's choices that fell on each expert."""
        counts = torch.bincount(self.chosen.flatten(), minlength=len(self.experts))
        return (counts / self.chosen.numel()).tolist()

    @property
    def active_parameters(self) -> int:
        """How many parameters one token meets: the router's and those of k experts."""
        each = sum(parameter.numel() for parameter in self.experts[0].parameters())
        return self.router.weight.numel() + self.k * each
