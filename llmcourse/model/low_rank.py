"""A linear layer as two thin ones: in → rank → out, with the singular value decomposition as the carpenter.

A matrix of out × in costs out · in numbers, its two factors rank · (out + in). That is less only below the rank
out · in / (out + in): for a square matrix, below half of its width.

Eckart and Young (1936), The Approximation of One Matrix by Another of Lower Rank; Denil et al. (2013), Predicting
Parameters in Deep Learning.
"""

import copy
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError

Model = TypeVar("Model", bound=nn.Module)


def split_linear(
    weight: Float[Tensor, "out in"], rank: int
) -> tuple[Float[Tensor, "rank in"], Float[Tensor, "out rank"]]:
    """(first, second): of all pairs of this rank, the one whose product second @ first comes nearest to the weight.

    Each gets the root of the singular values, so that both are of the same size and can be trained on. In order of
    use: x goes through `first`, then through `second`. Raises CourseError for a rank below 1 or above the matrix's.
    """
    if not 1 <= rank <= min(weight.shape):
        raise CourseError(f"rank={rank} is not possible for a {tuple(weight.shape)}: from 1 to {min(weight.shape)}")
    u, s, v = torch.linalg.svd(weight, full_matrices=False)  # weight = u @ diag(s) @ v, s from large to small
    root = s[:rank].sqrt()
    return root[:, None] * v[:rank], u[:, :rank] * root


def break_even(n_out: int, n_in: int) -> int:
    """The largest rank at which two factors have fewer numbers than the matrix itself; 0 if there is none."""
    return (n_out * n_in - 1) // (n_out + n_in)


class LowRankLinear(nn.Module):
    """A linear layer as two: up to the bias, second(first(x))."""

    def __init__(self, linear: nn.Linear, rank: int):
        super().__init__()
        first, second = split_linear(linear.weight.detach(), rank)
        self.in_features, self.out_features, self.rank = linear.in_features, linear.out_features, rank
        self.first = nn.Linear(linear.in_features, rank, bias=False)
        self.second = nn.Linear(rank, linear.out_features, bias=linear.bias is not None)
        self.first.weight.data, self.second.weight.data = first, second
        if linear.bias is not None:
            self.second.bias.data = linear.bias.detach().clone()

    def forward(self, x: Float[Tensor, "*batch in"]) -> Float[Tensor, "*batch out"]:
        return self.second(self.first(x))


def factored(model: Model, share: int | float) -> Model:
    """A copy whose linear layers in the blocks are each split, at a rank of `share` times the one that breaks even.

    So the layers together have about `share` times as many numbers. Raises CourseError unless it lies in (0, 1].
    """
    if not 0 < share <= 1:
        raise CourseError(f"share={share} must be above 0 and at most 1: beyond, two factors outweigh one matrix")
    model = copy.deepcopy(model)
    for path, parent in list(model.named_modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and "blocks." in f"{path}.":
                rank = max(1, round(share * break_even(child.out_features, child.in_features)))
                setattr(parent, name, LowRankLinear(child, rank))
    return model
