"""The Transformer block: tokens exchange information (attention), then each one works on it (feed-forward)."""

from collections.abc import Callable

from jaxtyping import Bool, Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.cache import LayerCache
from llmcourse.model.config import ModelConfig
from llmcourse.model.feedforward import FeedForward
from llmcourse.model.normalization import make_norm
from llmcourse.model.recording import HookPoint

Part = Callable[[Tensor], Tensor]


def pre_norm_block(
    x: Float[Tensor, "*batch position d_model"], norm1: Part, attention: Part, norm2: Part, feedforward: Part
) -> Float[Tensor, "*batch position d_model"]:
    """A block without any trimmings: each part reads a normalized copy of x, and what it says is added to x."""
    x = x + attention(norm1(x))
    return x + feedforward(norm2(x))


class Block(nn.Module):
    """Both halves *add* to what flows through: x + f(x). So the input, and the gradient, always have a straight way.

    Pre-norm (GPT-2 and all later ones) normalizes what goes into each half; post-norm (the original Transformer)
    normalizes the sum, which puts a norm across the straight way: deep stacks then need a careful warm-up
    (Xiong et al., 2020, On Layer Normalization in the Transformer Architecture).

    A block of an encoder lets all tokens see each other (`is_causal=False`). A block of an encoder-decoder's decoder
    has a third part between the two, cross-attention, through which it reads the encoder's text (`has_cross`).
    """

    def __init__(self, config: ModelConfig, is_causal: bool = True, has_cross: bool = False):
        super().__init__()
        self.pre_norm = config.norm_position == "pre"
        self.residual_in = HookPoint()
        self.norm1 = make_norm(config)
        self.attention = MultiHeadAttention(config, is_causal)
        self.residual_mid = HookPoint()
        self.cross_norm = make_norm(config) if has_cross else None
        self.cross_attention = MultiHeadAttention(config, is_cross=True) if has_cross else None
        self.residual_cross = HookPoint()
        self.norm2 = make_norm(config)
        self.feedforward = FeedForward(config)
        self.residual_out = HookPoint()
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Float[Tensor, "batch position d_model"],
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        cache: LayerCache | None = None,
        bias: Float[Tensor, "head position key"] | None = None,
        memory: Float[Tensor, "batch memory d_model"] | None = None,
        memory_mask: Bool[Tensor, "#batch #position memory"] | None = None,
        memory_cache: LayerCache | None = None,
    ) -> Float[Tensor, "batch position d_model"]:
        """`mask`, `cache` and `bias` are those of `attention`, the last three those of `cross_attention`."""
        x = self.residual_in(x)
        x = self.residual_mid(self.add(x, self.norm1, lambda h: self.attention(h, mask, cache, bias)))
        if self.cross_attention is not None and self.cross_norm is not None:
            read = self.cross_attention
            x = self.add(x, self.cross_norm, lambda h: read(h, memory_mask, memory_cache, memory=memory))
            x = self.residual_cross(x)
        elif memory is not None:
            raise CourseError("this block has no cross-attention to read a memory with: make it with has_cross=True")
        return self.residual_out(self.add(x, self.norm2, self.feedforward))

    def add(
        self, x: Float[Tensor, "batch position d_model"], norm: nn.Module, part: Part
    ) -> Float[Tensor, "batch position d_model"]:
        """x + part(x), with the norm where the config wants it: on what goes in, or on the sum."""
        if self.pre_norm:
            return x + self.dropout(part(norm(x)))
        return norm(x + self.dropout(part(x)))
