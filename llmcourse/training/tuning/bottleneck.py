"""Bottleneck adapters: after each part of a block, a small network that learns to correct what the part says.

Houlsby et al. (2019), Parameter-Efficient Transfer Learning for NLP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.feedforward import FeedForward
from llmcourse.model.recording import HookPoint
from llmcourse.training.tuning.method import Method
from llmcourse.training.tuning.targets import choose


class Bottleneck(HookPoint):
    """Down to a few numbers, an activation, up again, and added to what came in: x + up(gelu(down(x))).

    `up` starts at zero: at first nothing changes. It is a hook point that does something, and takes the place of the
    one through which a part puts out its result.
    """

    def __init__(self, d_model: int, width: int, like: Tensor):
        super().__init__()
        self.down = nn.Linear(d_model, width, device=like.device, dtype=like.dtype)
        self.up = nn.Linear(width, d_model, device=like.device, dtype=like.dtype)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Float[Tensor, "*batch d_model"]) -> Float[Tensor, "*batch d_model"]:
        return x + self.up(F.gelu(self.down(x)))


@dataclass(frozen=True, kw_only=True)
class Adapters(Method):
    """A bottleneck behind each part of each block that `after` means.

    width: how many numbers go through the bottleneck
    after: patterns of parts; the default is the attention and the feed-forward layer of every block

    Unlike LoRA it cannot be merged: there is an activation in it.
    """

    name: ClassVar[str] = "adapters"
    width: int = 8
    after: Sequence[str] = ("blocks.*.attention", "blocks.*.feedforward")

    def __post_init__(self) -> None:
        if isinstance(self.width, bool) or not isinstance(self.width, int) or self.width < 1:
            raise CourseError(f"width={self.width!r} lets nothing through: it must be a whole number, 1 or more")

    def add(self, model: nn.Module) -> list[nn.Parameter]:
        parts = {n: part for n, part in model.named_modules() if isinstance(part, MultiHeadAttention | FeedForward)}
        added: list[nn.Parameter] = []
        for name in choose(parts, self.after, "attention or feed-forward layer"):
            weight = last_weight(parts[name])
            adapter = Bottleneck(len(weight), self.width, like=weight)
            parts[name].output = adapter
            added += adapter.parameters()
        return added

    def remove(self, model: nn.Module) -> None:
        for part in list(model.modules()):
            if isinstance(getattr(part, "output", None), Bottleneck):
                part.output = HookPoint()


def last_weight(part: nn.Module) -> Tensor:
    """The matrix that writes a part's result."""
    layer = part.w_o if isinstance(part, MultiHeadAttention) else part.down
    assert isinstance(layer, nn.Linear)
    return layer.weight


def bottleneck_parameters(d_model: int, width: int) -> int:
    """How many parameters one adapter has: two matrices and their biases."""
    return d_model * width + width + width * d_model + d_model
