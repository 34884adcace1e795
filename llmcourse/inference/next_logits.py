"""A model as a function from texts to the logits of what comes next, quick for one who reads on and on.

A search asks again and again for texts that are one token longer than some it has asked about before. Their keys and
values are kept, and follow the texts when the search reorders, doubles or drops them.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.inference.generate import check_prompt, evaluating
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT


class NextLogits:
    """`NextLogits(model)(ids)`: the logits (row vocab) of the token after each row of ids (row position)."""

    def __init__(self, model: GPT):
        self.model = model
        self._cache = KVCache(model.config)
        self._row_of: dict[tuple[int, ...], int] = {}  # which row of the cache holds which text

    @torch.no_grad()
    def __call__(self, ids: Int[Tensor, "row position"]) -> Float[Tensor, "row vocab"]:
        check_prompt(ids.shape[1], self.model.config.context)
        texts = [tuple(row) for row in ids.tolist()]
        parents = [self._row_of.get(text[:-1]) for text in texts]
        known = [parent for parent in parents if parent is not None]
        if len(known) == len(texts):
            select_rows(self._cache, known)
        else:
            self._cache = KVCache(self.model.config)
        unread = ids[:, self._cache.length :].to(self.model.device)
        with evaluating(self.model):
            logits = self.model(unread, cache=self._cache)[:, -1]
        self._row_of = {text: row for row, text in enumerate(texts)}
        return logits


def select_rows(cache: KVCache, rows: list[int]) -> None:
    """Keep the texts at these rows, in this order; one may be taken several times."""
    for layer in cache.layers:
        if layer.keys is not None and layer.values is not None:
            layer.keys, layer.values = layer.keys[rows], layer.values[rows]
