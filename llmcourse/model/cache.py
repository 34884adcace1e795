"""The key-value cache: what attention computed for earlier tokens is kept, not computed again.

A token's keys and values depend on nothing that comes after it. So while a text grows by one token at a time, only
the new token has to go through the model; its query meets the keys and values of all earlier tokens here.
"""

from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig


class LayerCache:
    """Keys and values of one attention layer. Room for the whole context is taken at once, on first use."""

    def __init__(self, context: int):
        self.context = context
        self.length = 0  # how many positions are filled
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def append(
        self, k: Float[Tensor, "batch kv_head position d_head"], v: Float[Tensor, "batch kv_head position d_head"]
    ) -> tuple[Float[Tensor, "batch kv_head key d_head"], Float[Tensor, "batch kv_head key d_head"]]:
        """Add the keys and values of new positions; returns those of all positions so far."""
        if self.keys is None or self.values is None:
            batch, kv_heads, _, d_head = k.shape
            self.keys = k.new_empty(batch, kv_heads, self.context, d_head)
            self.values = v.new_empty(batch, kv_heads, self.context, d_head)
        end = self.length + k.shape[2]
        self.keys[:, :, self.length : end] = k
        self.values[:, :, self.length : end] = v
        self.length = end
        return self.filled()

    def filled(self) -> tuple[Float[Tensor, "batch kv_head key d_head"], Float[Tensor, "batch kv_head key d_head"]]:
        """The keys and values of all positions so far."""
        if self.keys is None or self.values is None:
            raise CourseError("this cache is empty: append keys and values before you ask for them")
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]


class KVCache:
    """One LayerCache per layer. Start with an empty one for each text (or batch of texts of the same length).

    The decoder of an encoder-decoder has a second one per layer, for the keys and values of the text that it reads.
    """

    def __init__(self, config: ModelConfig):
        n_layers = max(config.n_layers, config.decoder_layers)
        self.layers = [LayerCache(config.context) for _ in range(n_layers)]
        self.cross = [LayerCache(config.context) for _ in range(n_layers)]

    @property
    def length(self) -> int:
        """How many positions the model has read."""
        return self.layers[0].length
