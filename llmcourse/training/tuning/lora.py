"""LoRA: a matrix stays as it is, and a product of two thin ones is learned beside it.

Hu et al. (2021), LoRA: Low-Rank Adaptation of Large Language Models.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.training.tuning.method import Method, as_before
from llmcourse.training.tuning.targets import linear_layers, replace_part


def lora_linear(
    x: Float[Tensor, "*batch n_in"],
    weight: Float[Tensor, "n_out n_in"],
    a: Float[Tensor, "rank n_in"],
    b: Float[Tensor, "n_out rank"],
    alpha: int | float,
) -> Float[Tensor, "*batch n_out"]:
    """What the layer says, and what it has learned to say besides: x Wᵀ + alpha / rank · (x Aᵀ) Bᵀ.

    x is first squeezed into `rank` numbers, then spread out again. The product B A, which is as large as W, is never
    made. Dividing by the rank keeps the addition of about the same size when only the rank changes.
    """
    return x @ weight.T + alpha / len(a) * (x @ a.T) @ b.T


def merged_weight(
    weight: Float[Tensor, "n_out n_in"],
    a: Float[Tensor, "rank n_in"],
    b: Float[Tensor, "n_out rank"],
    alpha: int | float,
) -> Float[Tensor, "n_out n_in"]:
    """One matrix that does the work of all three: W + alpha / rank · B A. From then on LoRA costs nothing."""
    return weight + alpha / len(a) * (b @ a)


class LoRALinear(nn.Linear):
    """A linear layer with two thin matrices beside it, in the place of the layer that it is made from.

    It has the layer's own weight and bias, frozen or not, under their old names. `lora_a` starts at random and `lora_b`
    at zero, so that at first the layer says what it always said.
    Raises CourseError for a rank below 1.
    """

    def __init__(self, layer: nn.Linear, rank: int, alpha: int | float):
        check_rank(rank, alpha)
        super().__init__(layer.in_features, layer.out_features, bias=layer.bias is not None, device="meta")
        self.weight, self.bias = layer.weight, layer.bias  # the very same parameters: nothing is copied
        self.rank, self.alpha = rank, alpha
        self.kept: Tensor | None = None  # while it is merged: the weight as it was before
        self.lora_a = nn.Parameter(layer.weight.new_empty(rank, layer.in_features))
        self.lora_b = nn.Parameter(layer.weight.new_zeros(layer.out_features, rank))
        bound = 1 / math.sqrt(layer.in_features)  # as a linear layer of its own would start
        nn.init.uniform_(self.lora_a, -bound, bound)

    def forward(self, x: Float[Tensor, "*batch n_in"]) -> Float[Tensor, "*batch n_out"]:
        if self.kept is not None:
            return F.linear(x, self.weight, self.bias)
        y = lora_linear(x, self.weight, self.lora_a, self.lora_b, self.alpha)
        return y if self.bias is None else y + self.bias

    @torch.no_grad()
    def merge(self) -> None:
        """Put W + alpha / rank · B A in the place of W, which is kept aside. Merging twice is merging once."""
        if self.kept is None:
            self.kept = self.weight.detach().clone()
            self.weight.copy_(merged_weight(self.weight, self.lora_a, self.lora_b, self.alpha))

    @torch.no_grad()
    def unmerge(self) -> None:
        """Put the kept weight back. To subtract B A would leave rounding errors: a base that is not quite itself."""
        if self.kept is not None:
            self.weight.copy_(self.kept)
            self.kept = None

    def without(self) -> nn.Linear:
        """The layer that it was made from."""
        layer = nn.Linear(self.in_features, self.out_features, bias=self.bias is not None, device="meta")
        layer.weight, layer.bias = self.weight, self.bias
        return layer

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, rank={self.rank}, alpha={self.alpha:g}"


@dataclass(frozen=True, kw_only=True)
class LoRA(Method):
    """LoRA on every linear layer that `targets` means.

    rank:    how many numbers an input is squeezed into
    alpha:   how loudly the addition speaks: it is multiplied by alpha / rank. None: twice the rank
    targets: patterns of layers; the default is every linear layer inside the blocks
    """

    name: ClassVar[str] = "lora"
    rank: int = 8
    alpha: int | float | None = None
    targets: Sequence[str] = ("blocks.*",)

    def __post_init__(self) -> None:
        check_rank(self.rank, self.alpha)

    def add(self, model: nn.Module) -> list[nn.Parameter]:
        layers = linear_layers(model, self.targets)
        for name, layer in layers.items():
            check_is_not_shared(model, name, layer)
        added = []
        for name, layer in layers.items():
            lora = LoRALinear(layer, self.rank, 2 * self.rank if self.alpha is None else self.alpha)
            replace_part(model, name, lora)
            added += [lora.lora_a, lora.lora_b]
        return added

    def remove(self, model: nn.Module) -> None:
        unmerge(model)
        for name, layer in lora_layers(model).items():
            replace_part(model, name, layer.without())


def lora_layers(model: nn.Module) -> dict[str, LoRALinear]:
    """The layers of a model that have LoRA, by name."""
    return {name: part for name, part in model.named_modules() if isinstance(part, LoRALinear)}


def merge(model: nn.Module) -> nn.Module:
    """Merge all LoRA layers of a model: it says the same, at the speed of the model without them."""
    for layer in lora_layers(model).values():
        layer.merge()
    return model


def merge_for_good(model: nn.Module) -> nn.Module:
    """Merge, and forget that there was LoRA: an ordinary model with other weights, which can be saved as one."""
    for name, layer in lora_layers(merge(model)).items():
        replace_part(model, name, layer.without())
    return as_before(model)


def unmerge(model: nn.Module) -> nn.Module:
    """Take all merged LoRA layers apart again, to go on training or to put others in their place."""
    for layer in lora_layers(model).values():
        layer.unmerge()
    return model


def check_rank(rank: int, alpha: int | float | None) -> None:
    if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
        raise CourseError(f"rank={rank!r} leaves nothing to train: it must be a whole number, 1 or more")
    if alpha is not None and not alpha > 0:
        raise CourseError(f"alpha={alpha!r} would silence what LoRA learns: it must be above 0")


def check_is_not_shared(model: nn.Module, name: str, layer: nn.Linear) -> None:
    """Raises CourseError for a matrix that another part of the model uses too: merging would change both."""
    for other, part in model.named_modules():
        if part is not layer and any(p is layer.weight for p in part.parameters(recurse=False)):
            raise CourseError(f"{name} shares its matrix with {other}, and merging would change both: leave it out")
