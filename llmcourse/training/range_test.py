"""The learning-rate range test: one short run in which the rate grows from far too small to far too large.

While the rate is too small the loss stands still; then it falls; then training comes apart. A good peak rate lies a
little below that last point. It costs some eighty steps, and replaces a row of guesses.

Paper: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss
from llmcourse.training.optimizers.base import Optimizer

Number = int | float
COMES_APART = 1.5  # the run ends when the loss is so many times as large as its best


@dataclass(frozen=True)
class RangeTest:
    """What a range test found: at each step its rate, its loss, and the loss smoothed over the last few steps."""

    rates: list[float]
    losses: list[float]
    smoothed: list[float]
    came_apart: bool

    @property
    def lowest_at(self) -> float:
        """The rate at which the smoothed loss was lowest: already near the edge."""
        return min(zip(self.smoothed, self.rates, strict=True))[1]

    @property
    def suggestion(self) -> float:
        """A third of that: the loss of a run that holds its rate has to stay where this one only passed by."""
        return self.lowest_at / 3


def range_test(
    model: nn.Module,
    batches: Iterator[Batch],
    rule: Callable[[list[Tensor]], Optimizer],
    lowest: Number = 1e-5,
    highest: Number = 10.0,
    steps: int = 80,
) -> RangeTest:
    """Raise the rate by the same factor each step from `lowest` to `highest`. The model ends with the weights it had.

    `rule` makes the optimizer: `lambda parameters: AdamW(parameters)`. Raises CourseError when the rates or the steps
    make no range.
    """
    if not 0 < lowest < highest or steps < 2:
        raise CourseError(f"a range test needs 0 < lowest < highest and 2 steps, not {lowest}, {highest}, {steps}")
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer = rule([parameter for parameter in model.parameters() if parameter.requires_grad])
    rates: list[float] = []
    losses: list[float] = []
    smoothed: list[float] = []
    came_apart = False
    try:
        for step in range(steps):
            optimizer.lr = lowest * (highest / lowest) ** (step / (steps - 1))
            batch = next(batches)
            loss = causal_lm_loss(batch.logits(model), batch.targets)
            came_apart = not loss.isfinite() or bool(smoothed and loss.item() > COMES_APART * min(smoothed))
            if came_apart:
                break
            rates.append(optimizer.lr)
            losses.append(loss.item())
            smoothed.append(sum(losses[-5:]) / len(losses[-5:]))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    finally:
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), before, strict=True):
                parameter.copy_(value)
                parameter.grad = None
    return RangeTest(rates, losses, smoothed, came_apart)
