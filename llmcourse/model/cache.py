"""The key-value cache: what attention computed for earlier tokens is kept, not computed again.

A token's keys and values depend on nothing that comes after it. So while a text grows by one token at a time, only
the new token has to go through the model; its query meets the keys and values of all earlier tokens here.

Two ways to keep them, behind one interface. `LayerCache` takes room for the whole context at once and writes each
token once. `GrowingCache` takes what it needs, and for that copies everything at every step.
"""

import torch
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
        self.written = 0  # bytes written so far, to compare what a way of keeping costs

    def append(
        self, k: Float[Tensor, "batch kv_head position d_head"], v: Float[Tensor, "batch kv_head position d_head"]
    ) -> tuple[Float[Tensor, "batch kv_head key d_head"], Float[Tensor, "batch kv_head key d_head"]]:
        """Add the keys and values of new positions; returns those of all positions so far.

        Raises CourseError beyond the context, and for another number of texts than before.
        """
        end = self.length + k.shape[2]
        if end > self.context:
            raise CourseError(f"{end} positions do not fit into a cache for {self.context}")
        if self.keys is not None and len(k) != len(self.keys):
            raise CourseError(f"this cache holds {len(self.keys)} texts, not {len(k)}: start a new one for other texts")
        self._add(k, v, end)
        self.length = end
        return self.filled()

    def _add(self, k: Tensor, v: Tensor, end: int) -> None:
        if self.keys is None or self.values is None:
            batch, kv_heads, _, d_head = k.shape
            self.keys = k.new_zeros(batch, kv_heads, self.context, d_head)
            self.values = v.new_zeros(batch, kv_heads, self.context, d_head)
        self.keys[:, :, self.length : end] = k
        self.values[:, :, self.length : end] = v
        self.written += k.nbytes + v.nbytes

    def filled(self) -> tuple[Float[Tensor, "batch kv_head key d_head"], Float[Tensor, "batch kv_head key d_head"]]:
        """The keys and values of all positions so far."""
        if self.keys is None or self.values is None:
            raise CourseError("this cache is empty: append keys and values before you ask for them")
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def cut(self, length: int) -> None:
        """Forget all positions from `length` on. Raises CourseError when there are not so many."""
        if not 0 <= length <= self.length:
            raise CourseError(f"a cache of {self.length} positions cannot be cut to {length}")
        self.length = length  # what lies behind will be written over

    @property
    def taken(self) -> int:
        """Bytes of memory that it occupies."""
        return 0 if self.keys is None or self.values is None else self.keys.nbytes + self.values.nbytes


class GrowingCache(LayerCache):
    """The same, taking no more room than is filled: at each step everything is copied into a larger place."""

    def _add(self, k: Tensor, v: Tensor, end: int) -> None:
        if self.keys is None or self.values is None:
            self.keys, self.values = k, v
        else:
            keys, values = self.filled()
            self.keys, self.values = torch.cat([keys, k], dim=2), torch.cat([values, v], dim=2)
        self.written += self.keys.nbytes + self.values.nbytes


class KVCache:
    """One LayerCache per layer. Start with an empty one for each text (or batch of texts of the same length).

    The decoder of an encoder-decoder has a second one per layer, for the keys and values of the text that it reads.
    `growing`: take room only as it is needed, at the price of a copy at each step.
    """

    def __init__(self, config: ModelConfig, growing: bool = False):
        n_layers = max(config.n_layers, config.decoder_layers)
        make = GrowingCache if growing else LayerCache
        self.layers = [make(config.context) for _ in range(n_layers)]
        self.cross = [make(config.context) for _ in range(n_layers)]

    @property
    def length(self) -> int:
        """How many positions the model has read."""
        return self.layers[0].length

    def cut(self, length: int) -> None:
        """Forget all positions from `length` on, as if the model had not read them."""
        for layer in self.layers:
            layer.cut(length)

    def shift(self, length: int) -> None:
        """Begin at position `length`: the positions before it hold zeros, and a mask has to hide them. The cache must
        be empty, and not growing."""
        if self.length or isinstance(self.layers[0], GrowingCache):
            raise CourseError("only a new cache that does not grow can begin at a later position")
        for layer in self.layers:
            layer.length = length

    @property
    def taken(self) -> int:
        """Bytes of memory that it occupies."""
        return sum(layer.taken for layer in (*self.layers, *self.cross))

    @property
    def written(self) -> int:
        """Bytes that were written into it so far."""
        return sum(layer.written for layer in (*self.layers, *self.cross))
