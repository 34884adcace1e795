"""Walk downhill on any loss of a few numbers, and keep the path: for maps, and to hold optimizers against theory.

For a quadratic loss ½ Σ λᵢ wᵢ² the theory is exact. Each direction has its own curvature λ, and one step of gradient
descent multiplies its distance from the minimum by 1 - lr λ: with lr = 1/λ it arrives at once, beyond 2/λ it is thrown
out. One rate has to serve all directions, so what counts is the ratio of the largest curvature to the smallest, the
*condition number* κ. The best rate shrinks the distance by (κ - 1) / (κ + 1) a step; with the best momentum it is
(√κ - 1) / (√κ + 1).

Paper: Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods".
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.training.optimizers.base import Optimizer

Number = int | float
Loss = Callable[[Tensor], Tensor]
Rule = Callable[[list[Tensor]], Optimizer]  # lambda parameters: SGD(parameters, lr=0.1)
FAR_AWAY = 1e6


class Path(NamedTuple):
    """Where a descent went: one row for each step, the start first, and the loss there."""

    points: Float[Tensor, "step dimension"]
    losses: Float[Tensor, "step"]


def descend(loss: Loss, start: Sequence[Number], rule: Rule, steps: int) -> Path:
    """Follow an optimizer from `start` for so many steps, in float64; the path ends early where it flies off the map.

    Raises CourseError when `steps` is not at least 1, or `loss` does not depend on where it is asked.
    """
    if steps < 1:
        raise CourseError(f"a descent needs at least 1 step, not {steps}")
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = rule([point])
    points, losses = [], []
    for step in range(steps + 1):
        value = loss(point)
        if not value.requires_grad:
            raise CourseError("the loss has no gradient: compute it from the point that it is given, with tensors")
        if not value.isfinite() or point.detach().abs().max() > FAR_AWAY:
            break
        points.append(point.detach().clone())
        losses.append(value.detach())
        if step < steps:
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
    return Path(torch.stack(points), torch.stack(losses))


def shrinks_by(curvatures: Sequence[Number], lr: Number, momentum: Number = 0.0) -> float:
    """By what the distance from a quadratic's minimum is multiplied each step, in the long run; above 1 it diverges."""
    return max(_shrinks_by(curvature, lr, momentum) for curvature in curvatures)


def _shrinks_by(curvature: Number, lr: Number, momentum: Number) -> float:
    """The larger root of r² - (1 + momentum - lr curvature) r + momentum = 0: wₜ = rᵗ solves the recursion."""
    half = (1 + momentum - lr * curvature) / 2
    under_root = half * half - momentum
    if under_root < 0:  # it swings, and the swings shrink
        return math.sqrt(momentum)
    return abs(half) + math.sqrt(under_root)


def best_rate(smallest: Number, largest: Number) -> float:
    """The learning rate at which plain descent is fastest when curvatures lie between these two."""
    check_curvatures(smallest, largest)
    return 2 / (smallest + largest)


def best_momentum(smallest: Number, largest: Number) -> tuple[float, float]:
    """(learning rate, momentum) at which a heavy ball is fastest when curvatures lie between these two."""
    check_curvatures(smallest, largest)
    low, high = math.sqrt(smallest), math.sqrt(largest)
    return 4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2


def check_curvatures(smallest: Number, largest: Number) -> None:
    if not 0 < smallest <= largest:
        raise CourseError(f"curvatures must be above 0, the smaller one first, not {smallest} and {largest}")
