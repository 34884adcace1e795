"""The feed-forward layer: what a token does with what it has gathered. Each position works on its own.

It can be read as a memory (Geva et al. 2021, Transformer Feed-Forward Layers Are Key-Value Memories): each row of `up`
is a key, a pattern that the token is compared with; the activation keeps the matches; and each column of `down` is the
value that its key adds to the token.
"""

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.model.config import GATED, ModelConfig
from llmcourse.model.recording import HookPoint
from llmcourse.model.vectors import check_width


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


def geglu(gate: Float[Tensor, "*shape"], up: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The same with GELU in the gate (T5 1.1, Gemma): gelu(gate) · up, by the tanh approximation."""
    return gelu_tanh(gate) * up


def reglu(gate: Float[Tensor, "*shape"], up: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The same with ReLU in the gate: max(0, gate) · up. Where both halves are the same numbers, it is `relu2`."""
    return relu(gate) * up


def gelu_tanh(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """GELU by an approximation, as GPT-2 computes it; the two differ by less than 0.001."""
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + torch.tanh(inner))


#: What is done to the values before they come down again; in a gated layer, to the gate alone.
#: GELU and SiLU are PyTorch's: the same numbers as the formulas above, in one pass over memory in place of five.
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),
    "relu": relu,
    "relu2": relu2,
    "swiglu": F.silu,  # gate · sigmoid(gate), the part of `swiglu` that is not the other half
    "geglu": partial(F.gelu, approximate="tanh"),
    "reglu": relu,
}


class FeedForward(nn.Module):
    """Up to a wider space, an activation there, and down again: down(activation(up(x))).

    A gated layer (swiglu, geglu, reglu) goes up twice, and one of the two decides how much of the other passes.
    `pre`, `post`: the d_ff neurons before and after the activation. Raises CourseError for vectors of another width.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        is_gated = config.activation in GATED
        self.up = nn.Linear(config.d_model, config.ff_width, bias=config.bias)
        self.gate = nn.Linear(config.d_model, config.ff_width, bias=config.bias) if is_gated else None
        self.down = nn.Linear(config.ff_width, config.d_model, bias=config.bias)
        self.activation = ACTIVATIONS[config.activation]
        self.pre, self.post, self.output = HookPoint(), HookPoint(), HookPoint()

    def forward(self, x: Float[Tensor, "batch position d_model"]) -> Float[Tensor, "batch position d_model"]:
        check_width(x, self.up.in_features, "FeedForward")
        if self.gate is None:
            pre = self.pre(self.up(x))  # batch position d_ff
            post = self.post(self.activation(pre))
        else:
            pre = self.pre(self.gate(x))
            post = self.post(self.activation(pre) * self.up(x))
        return self.output(self.down(post))
