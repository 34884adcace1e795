"""The feed-forward layer: what a token does with what it has gathered. Each position works on its own."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.model.config import GATED, ModelConfig
from llmcourse.model.recording import HookPoint


def gelu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """x · P(Z < x) for a standard normal Z: lets large values through, silences very negative ones, smoothly.

    Hendrycks and Gimpel (2016), Gaussian Error Linear Units.
    """
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def relu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """max(0, x): what is negative is silenced, the rest passes as it is (the original Transformer, T5)."""
    return x.clamp(min=0)


def relu2(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """max(0, x)². Cheap, and exactly 0 for half of the inputs (So et al., 2021, Primer)."""
    return F.relu(x).square()


def swiglu(gate: Float[Tensor, "*shape"], up: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """One half of the layer decides how much of the other half passes: gate · sigmoid(gate) · up.

    Shazeer (2020), GLU Variants Improve Transformer.
    """
    return gate * torch.sigmoid(gate) * up


def gelu_tanh(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """GELU by an approximation, as GPT-2 computes it; the two differ by less than 0.001."""
    return F.gelu(x, approximate="tanh")


#: What is done to the values before they come down again; in a gated layer, to the gate alone.
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,  # the same numbers as `gelu` above, in one pass over memory in place of five
    "gelu_tanh": gelu_tanh,
    "relu": relu,
    "relu2": relu2,
    "swiglu": F.silu,  # gate · sigmoid(gate), the part of `swiglu` that is not the other half
    "geglu": gelu_tanh,  # T5 1.1
}


class FeedForward(nn.Module):
    """Up to a wider space, an activation there, and down again."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        is_gated = config.activation in GATED
        self.up = nn.Linear(config.d_model, config.ff_width, bias=config.bias)
        self.gate = nn.Linear(config.d_model, config.ff_width, bias=config.bias) if is_gated else None
        self.down = nn.Linear(config.ff_width, config.d_model, bias=config.bias)
        self.activation = ACTIVATIONS[config.activation]
        self.pre, self.post, self.output = HookPoint(), HookPoint(), HookPoint()

    def forward(self, x: Float[Tensor, "batch position d_model"]) -> Float[Tensor, "batch position d_model"]:
        if self.gate is None:
            pre = self.pre(self.up(x))  # batch position d_ff
            post = self.post(self.activation(pre))
        else:
            pre = self.pre(self.gate(x))
            post = self.post(self.activation(pre) * self.up(x))
        return self.output(self.down(post))
