"""Weights in 8 bits: a whole number for each weight, and one scale for each row of a matrix.

    weight ≈ scale · whole number from -127 to 127

Only the weights are stored so; they are turned back into floats when they are used. That needs a quarter of the room,
and moves a quarter of the bytes where a kernel does both in one go. (This one does not: it saves room, not time.)

Dettmers et al. (2022), LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale, section 2.1.
"""

import copy
from typing import TypeVar

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int8
from torch import Tensor, nn

from llmcourse.errors import CourseError

Model = TypeVar("Model", bound=nn.Module)


def quantize(
    weight: Float[Tensor, "out in"], bits: int = 8, per_row: bool = True
) -> tuple[Int8[Tensor, "out in"], Float[Tensor, "#out 1"]]:
    """Whole numbers and scales with weight ≈ whole · scale, each weight off by at most half a scale.

    The largest number of each row becomes 127 (with 4 bits: 7), whatever its sign. With `per_row=False` there is one
    scale for the whole matrix. A row of zeros has the scale 1. Raises CourseError unless `bits` lies between 2 and 8,
    and for weights that are not finite.
    """
    if not 2 <= bits <= 8:
        raise CourseError(f"bits={bits} must lie between 2 and 8: the numbers are stored as int8")
    if not weight.isfinite().all():
        raise CourseError("the weights hold NaN or an infinity: there is no scale for them")
    most = 2 ** (bits - 1) - 1  # 127
    largest = weight.abs().amax(dim=1, keepdim=True) if per_row else weight.abs().max().view(1, 1)
    scale = torch.where(largest > 0, largest / most, 1.0)
    return (weight / scale).round().clamp(-most, most).to(torch.int8), scale


def dequantize(whole: Int8[Tensor, "out in"], scale: Float[Tensor, "#out 1"]) -> Float[Tensor, "out in"]:
    """The floats that the whole numbers stand for."""
    return whole.to(scale.dtype) * scale


class QuantizedLinear(nn.Module):
    """A linear layer whose weights are whole numbers. It cannot be trained."""

    weight: Tensor
    scale: Tensor
    bias: Tensor | None

    def __init__(self, linear: nn.Linear, bits: int = 8, per_row: bool = True):
        super().__init__()
        weight, scale = quantize(linear.weight.detach(), bits, per_row)
        self.in_features, self.out_features, self.bits = linear.in_features, linear.out_features, bits
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    def forward(self, x: Float[Tensor, "*batch in"]) -> Float[Tensor, "*batch out"]:
        return F.linear(x, dequantize(self.weight, self.scale), self.bias)

    @property
    def stored(self) -> int:
        """Bytes of its numbers, with those of fewer than 8 bits packed tightly."""
        bias = 0 if self.bias is None else self.bias.nbytes
        return -(-self.weight.numel() * self.bits // 8) + self.scale.nbytes + bias


def quantized(model: Model, bits: int = 8, per_row: bool = True) -> Model:
    """A copy of the model with its linear layers quantized; embeddings and norms stay as they are.

    A matrix that is both embedding and unembedding (`tie_embeddings`) stays as it is, too. Raises CourseError as
    `quantize` does.
    """
    model = copy.deepcopy(model).eval()
    tied = {id(module.weight) for module in model.modules() if not isinstance(module, nn.Linear)
            and isinstance(getattr(module, "weight", None), Tensor)}  # fmt: skip
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and id(child.weight) not in tied:
                setattr(parent, name, QuantizedLinear(child, bits, per_row))
    return model.requires_grad_(False)


def weight_bytes(model: nn.Module) -> int:
    """How many bytes the weights of a model take, quantized or not; a matrix with two uses counts once."""
    layers = [module for module in model.modules() if isinstance(module, QuantizedLinear)]
    return sum(layer.stored for layer in layers) + sum(parameter.nbytes for parameter in model.parameters())
