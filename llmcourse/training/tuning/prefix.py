"""Prefix tuning: in front of every text stand a few words that nobody can say, and only they are learned.

Li and Liang (2021), Prefix-Tuning: Optimizing Continuous Prompts for Generation. What such a word offers to those that
look at it, a key and a value in every layer, is learned directly. (Lester et al., 2021, The Power of Scale for
Parameter-Efficient Prompt Tuning, learn its embedding alone, and let the model make keys and values of it.)
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Bool
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.cache import LayerCache
from llmcourse.training.tuning.method import Method


class Prefix(nn.Module):
    """The keys and values of the words in front, for one attention layer.

    Attention knows already how to take in keys and values from elsewhere: the cache of fast generation. So before each
    call they are put into an empty one, as if the model had just read them.
    """

    def __init__(self, attention: MultiHeadAttention, length: int, size: float, like: Tensor):
        super().__init__()
        shape = (attention.kv_heads, length, attention.d_head)
        self.length = length
        self.is_rotary = attention.rotary is not None
        self.keys = nn.Parameter(size * torch.randn(shape, device=like.device, dtype=like.dtype))
        self.values = nn.Parameter(size * torch.randn(shape, device=like.device, dtype=like.dtype))

    def before(self, attention: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """A forward pre-hook: given what attention is called with, returns what it shall be called with."""
        x, mask, cache, bias = (*args, None, None, None)[:4]
        if bias is not None:
            raise CourseError("a prefix cannot be put before scores with a bias (alibi, relative): use a model without")
        if cache is None:
            cache = LayerCache(self.length + x.shape[1])
        elif not self.is_rotary:
            raise CourseError("generating with a prefix needs rotary positions: call the model without a cache")
        if cache.length == 0:
            cache.append(*(p.expand(len(x), -1, -1, -1) for p in (self.keys, self.values)))
            mask = None if mask is None else widened(mask, self.length)
        return x, mask, cache, None


def widened(mask: Bool[Tensor, "*batch position key"], length: int) -> Bool[Tensor, "*batch position keys"]:
    """The mask with `length` more keys in front that everybody may see."""
    return torch.cat([mask.new_ones(*mask.shape[:-1], length), mask], dim=-1)


@dataclass(frozen=True, kw_only=True)
class PrefixTuning(Method):
    """`length` learned words in front of every text, in every layer that attends to its own text.

    size: how large the random numbers are that they start with. A prefix cannot start as nothing: whatever its keys
          are, they take a share of the attention away from the text.
    """

    name: ClassVar[str] = "prefix"
    length: int = 8
    size: float = 0.5

    def __post_init__(self) -> None:
        if isinstance(self.length, bool) or not isinstance(self.length, int) or self.length < 1:
            raise CourseError(f"length={self.length!r} is no prefix: it must be a whole number, 1 or more")

    def add(self, model: nn.Module) -> list[nn.Parameter]:
        layers = [part for part in model.modules() if isinstance(part, MultiHeadAttention) and not part.is_cross]
        if not layers:
            raise CourseError("this model has no self-attention to put a prefix into")
        added: list[nn.Parameter] = []
        for layer in layers:
            prefix = Prefix(layer, self.length, self.size, like=layer.w_k.weight)
            layer.prefix = prefix
            layer.prefix_hook = layer.register_forward_pre_hook(prefix.before)  # type: ignore[assignment]
            added += [prefix.keys, prefix.values]
        return added

    def remove(self, model: nn.Module) -> None:
        for layer in model.modules():
            if isinstance(layer, MultiHeadAttention) and hasattr(layer, "prefix"):
                layer.prefix_hook.remove()  # type: ignore[operator, union-attr]
                del layer.prefix, layer.prefix_hook
