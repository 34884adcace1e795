"""BitFit: train the biases and nothing else.

Ben Zaken, Goldberg and Ravfogel (2022), BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked
Language-models.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from llmcourse.errors import CourseError
from llmcourse.training.tuning.method import Method
from llmcourse.training.tuning.targets import linear_layers


@dataclass(frozen=True, kw_only=True)
class BitFit(Method):
    """Train the bias of every linear layer that `targets` means.

    A modern model has no biases. A bias of zero changes nothing, so with `make` such layers are given one to train.
    Raises CourseError, without `make`, for layers that have none.
    """

    name: ClassVar[str] = "bitfit"
    targets: Sequence[str] = ("blocks.*",)
    make: bool = False

    def add(self, model: nn.Module) -> list[nn.Parameter]:
        layers = linear_layers(model, self.targets)
        without = [name for name, layer in layers.items() if layer.bias is None]
        if without and not self.make:
            raise CourseError(f"{without[0]} has no bias to train: BitFit(make=True) gives it one that starts at zero")
        for name in without:
            layers[name].bias = nn.Parameter(layers[name].weight.new_zeros(layers[name].out_features))
            layers[name].made_bias = True  # type: ignore[assignment]
        return [layer.bias for layer in layers.values()]

    def remove(self, model: nn.Module) -> None:
        """Biases that were made are taken out; those that were there keep what they learned."""
        for layer in linear_layers(model).values():
            if getattr(layer, "made_bias", False):
                layer.register_parameter("bias", None)
                del layer.made_bias
