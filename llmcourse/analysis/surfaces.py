"""Losses of two numbers, to be drawn as a map and walked on by any optimizer.

Two are made up, and so their minimum is known: a long bowl and a bent valley. The third is measured: two dials of a
trained GPT. One turns up the queries of all its heads, so that attention grows sharper; the other turns up what
attention adds to the stream. At (1, 1) the model is as it was trained.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.recording import record
from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss

Number = int | float
Window = tuple[Number, Number, Number, Number]  # left, right, bottom, top
SHARPNESS, VOLUME = "blocks.*.attention.q", "blocks.*.attention.output"


@dataclass(frozen=True)
class Surface:
    """A loss of two numbers, the part of the plane worth seeing, and its minimum, where one is known."""

    loss: Callable[[Float[Tensor, "2"]], Float[Tensor, ""]]
    window: Window
    minimum: tuple[Number, Number] | None = None
    labels: tuple[str, str] = ("w₁", "w₂")

    def grid(
        self, points: int = 81
    ) -> tuple[Float[Tensor, " column"], Float[Tensor, " row"], Float[Tensor, "row column"]]:
        """(x, y, loss at each): what a map is drawn from."""
        left, right, bottom, top = self.window
        x = torch.linspace(left, right, points, dtype=torch.float64)
        y = torch.linspace(bottom, top, points, dtype=torch.float64)
        with torch.no_grad():
            rows = [torch.stack([self.loss(torch.stack([a, b])) for a in x]) for b in y]
        return x, y, torch.stack(rows)


def bowl(condition: Number = 25.0) -> Surface:
    """½ (w₁² + condition · w₂²): curvature 1 along, `condition` across, the minimum at (0, 0)."""
    if not condition >= 1:
        raise CourseError(f"the condition number of a bowl is at least 1, not {condition}")
    return Surface(lambda w: (w[0] ** 2 + condition * w[1] ** 2) / 2, (-10.5, 3.5, -3.0, 3.0), (0.0, 0.0))


def bent_valley() -> Surface:
    """(1 - w₁)² + 20 (w₂ - w₁²)², Rosenbrock's valley made a little wider; its minimum is at (1, 1)."""
    return Surface(lambda w: (1 - w[0]) ** 2 + 20 * (w[1] - w[0] ** 2) ** 2, (-1.8, 1.8, -0.8, 2.6), (1.0, 1.0))


def two_dials(model: nn.Module, batch: Batch) -> Surface:
    """The loss of a GPT on this batch, with its queries and its attention outputs multiplied by two numbers."""

    def loss(dials: Float[Tensor, "2"]) -> Float[Tensor, ""]:
        sharpness, volume = dials.float()
        edit = {SHARPNESS: lambda q: q * sharpness, VOLUME: lambda out: out * volume}
        with record(model, edit=edit):
            return causal_lm_loss(batch.logits(model), batch.targets).double()

    return Surface(loss, (0.0, 2.5, 0.0, 2.5), (1.0, 1.0), ("sharpness of attention", "volume of attention"))


def measured(surface: Surface, points: int = 21) -> Surface:
    """The same surface, computed once on a grid and interpolated between: as fast to walk on as a formula.

    Between grid points it is smooth, so it has gradients; outside of the window it is flat. Raises CourseError where
    a loss is not above 0: the interpolation is of its logarithm.
    """
    left, right, bottom, top = surface.window
    _, _, losses = surface.grid(points)
    if not (losses > 0).all():
        raise CourseError("only a loss that is above 0 everywhere on the grid can be measured: add a constant to it")
    heights = losses.log()[None, None]  # of the logarithm, so that a steep wall does not make waves beside it
    low = torch.tensor([left, bottom], dtype=torch.float64)
    size = torch.tensor([right - left, top - bottom], dtype=torch.float64)

    def loss(point: Float[Tensor, "2"]) -> Float[Tensor, ""]:
        place = (2 * (point - low) / size - 1).view(1, 1, 1, 2)  # grid_sample counts from -1 to 1
        found = F.grid_sample(heights, place, "bicubic", "border", align_corners=True)
        return found.view(()).exp()

    return Surface(loss, surface.window, surface.minimum, surface.labels)


def lowest(surface: Surface, points: int = 21) -> Sequence[float]:
    """(x, y, loss) of the lowest point of a grid over the window."""
    x, y, losses = surface.grid(points)
    row, column = divmod(int(losses.argmin()), points)
    return x[column].item(), y[row].item(), losses[row, column].item()
