"""Normalization: keep the numbers that flow through a deep network at a size that can be learned from."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.model.config import ModelConfig
from llmcourse.model.vectors import check_width


def layer_norm(
    x: Float[Tensor, "... width"],
    weight: Float[Tensor, "width"],
    bias: Float[Tensor, "width"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "... width"]:
    """Each vector moved to mean 0, scaled to variance 1, then scaled and moved by what was learned.

    Ba, Kiros and Hinton (2016), Layer Normalization.
    """
    wide = in_float32(x)
    centred = wide - wide.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    scaled = centred * torch.rsqrt(variance + eps)  # eps: a constant vector has variance 0
    scaled = scaled.to(x.dtype) * weight
    return scaled if bias is None else scaled + bias


def rms_norm(
    x: Float[Tensor, "... width"], weight: Float[Tensor, "width"], eps: float = 1e-6
) -> Float[Tensor, "... width"]:
    """Each vector scaled to root mean square 1, then scaled by what was learned. Nothing is subtracted.

    Zhang and Sennrich (2019), Root Mean Square Layer Normalization.
    """
    wide = in_float32(x)
    mean_square = wide.square().mean(-1, keepdim=True)
    scaled = wide * torch.rsqrt(mean_square + eps)
    return scaled.to(x.dtype) * weight


def in_float32(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """At least that: squared, a number above 255 overflows in 16 bits, and its vector would come out as 0."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


class LayerNorm(nn.Module):
    """`layer_norm` with what it learns: a scale for each dimension, 1 at first, and unless `bias=False` a shift, 0.

    Raises CourseError for vectors of another width, and for integers.
    """

    def __init__(self, width: int, bias: bool = True, eps: float = 1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None
        self.eps = eps

    def forward(self, x: Float[Tensor, "... width"]) -> Float[Tensor, "... width"]:
        check_width(x, len(self.weight), "LayerNorm")
        return layer_norm(x, self.weight, self.bias, self.eps)


class RMSNorm(nn.Module):
    """`rms_norm` with what it learns: a scale for each dimension, 1 at first.

    Raises CourseError for vectors of another width, and for integers.
    """

    def __init__(self, width: int, eps: float = 1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Float[Tensor, "... width"]) -> Float[Tensor, "... width"]:
        check_width(x, len(self.weight), "RMSNorm")
        return rms_norm(x, self.weight, self.eps)


def make_norm(config: ModelConfig, width: int | None = None) -> LayerNorm | RMSNorm:
    """The normalization that this config asks for, of vectors as wide as the residual stream unless told otherwise."""
    width = width or config.d_model
    if config.norm == "layernorm":
        return LayerNorm(width, bias=config.bias, eps=config.norm_eps or 1e-5)
    return RMSNorm(width, eps=config.norm_eps or 1e-6)
