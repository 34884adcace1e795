"""Normalization: keep the numbers that flow through a deep network at a size that can be learned from."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.model.config import ModelConfig


def layer_norm(
    x: Float[Tensor, "... width"],
    weight: Float[Tensor, "width"],
    bias: Float[Tensor, "width"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "... width"]:
    """Each vector moved to mean 0, scaled to variance 1, then scaled and moved by what was learned.

    Ba, Kiros and Hinton (2016), Layer Normalization.
    """
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    scaled = centred * torch.rsqrt(variance + eps) * weight  # eps: a constant vector has variance 0
    return scaled if bias is None else scaled + bias


def rms_norm(
    x: Float[Tensor, "... width"], weight: Float[Tensor, "width"], eps: float = 1e-6
) -> Float[Tensor, "... width"]:
    """Each vector scaled to root mean square 1, then scaled by what was learned. Nothing is subtracted.

    Zhang and Sennrich (2019), Root Mean Square Layer Normalization.
    """
    mean_square = x.square().mean(-1, keepdim=True)
    return x * torch.rsqrt(mean_square + eps) * weight


class LayerNorm(nn.Module):
    def __init__(self, width: int, bias: bool = True, eps: float = 1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None
        self.eps = eps

    def forward(self, x: Float[Tensor, "... width"]) -> Float[Tensor, "... width"]:
        return layer_norm(x, self.weight, self.bias, self.eps)


class RMSNorm(nn.Module):
    def __init__(self, width: int, eps: float = 1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Float[Tensor, "... width"]) -> Float[Tensor, "... width"]:
        return rms_norm(x, self.weight, self.eps)


def make_norm(config: ModelConfig, width: int | None = None) -> LayerNorm | RMSNorm:
    """The normalization that this config asks for, of vectors as wide as the residual stream unless told otherwise."""
    width = width or config.d_model
    if config.norm == "layernorm":
        return LayerNorm(width, bias=config.bias, eps=config.norm_eps or 1e-5)
    return RMSNorm(width, eps=config.norm_eps or 1e-6)
