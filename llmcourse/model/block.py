"""The Transformer block: tokens exchange information (attention), then each one works on it (feed-forward)."""

from jaxtyping import Bool, Float
from torch import Tensor, nn

from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.cache import LayerCache
from llmcourse.model.config import ModelConfig
from llmcourse.model.feedforward import FeedForward
from llmcourse.model.normalization import make_norm
from llmcourse.model.recording import HookPoint


class Block(nn.Module):
    """Both halves *add* to what flows through: x + f(x). So the input, and the gradient, always have a straight way.

    Pre-norm (GPT-2 and all later ones) normalizes what goes into each half; post-norm (the original Transformer)
    normalizes the sum, which puts a norm across the straight way: deep stacks then need a careful warm-up
    (Xiong et al., 2020, On Layer Normalization in the Transformer Architecture).
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.pre_norm = config.norm_position == "pre"
        self.residual_in = HookPoint()
        self.norm1 = make_norm(config)
        self.attention = MultiHeadAttention(config)
        self.residual_mid = HookPoint()
        self.norm2 = make_norm(config)
        self.feedforward = FeedForward(config)
        self.residual_out = HookPoint()
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Float[Tensor, "batch position d_model"],
        mask: Bool[Tensor, "#batch position key"] | None = None,
        cache: LayerCache | None = None,
    ) -> Float[Tensor, "batch position d_model"]:
        x = self.residual_in(x)
        if self.pre_norm:
            x = self.residual_mid(x + self.dropout(self.attention(self.norm1(x), mask, cache)))
            x = self.residual_out(x + self.dropout(self.feedforward(self.norm2(x))))
        else:
            x = self.residual_mid(self.norm1(x + self.dropout(self.attention(x, mask, cache))))
            x = self.residual_out(self.norm2(x + self.dropout(self.feedforward(x))))
        return x
