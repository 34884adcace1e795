"""Masks: which token may look at which. True means *allowed*, everywhere in this course.

A mask has the shape (query, key), or (batch, query, key) where the rows of a batch differ, or (batch, 1, key) where it
is the same for all queries. Masks are combined with `&`: what one of them forbids is forbidden.

Three families of models differ in little else: an encoder hides only padding, a decoder hides the future too, and the
two halves of an encoder-decoder do one each. `prefix_mask` lies between the first two.
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from llmcourse.errors import CourseError


def causal_mask(
    n: int, n_keys: int | None = None, device: torch.device | str | None = None
) -> Bool[Tensor, "query key"]:
    """True where attention is allowed: at a token itself and those before it.

    With `n_keys` above `n`, the queries are the *last* n of n_keys positions, as when the earlier keys are in a cache.
    """
    n_keys = n if n_keys is None else n_keys
    key = torch.arange(n_keys, device=device)
    query = torch.arange(n_keys - n, n_keys, device=device)
    return key <= query[:, None]


def padding_mask(ids: Int[Tensor, "batch key"], pad_id: int = 0) -> Bool[Tensor, "batch 1 key"]:
    """True at the tokens that are text, for every query of their row: nobody looks at padding.

    Raises CourseError for ids that are no batch.
    """
    if ids.ndim != 2:
        raise CourseError(f"ids must have the shape (batch, key), not {tuple(ids.shape)}: one text is ids[None]")
    return (ids != pad_id)[:, None, :]


def prefix_mask(n_prefix: int, n: int, device: torch.device | str | None = None) -> Bool[Tensor, "query key"]:
    """Everybody sees the first `n_prefix` of n tokens, which are read; the rest, which is written, is causal.

    Raffel et al. (2020), section 3.2.1, call it "causal with prefix". Raises CourseError for a prefix longer than n.
    """
    if not 0 <= n_prefix <= n:
        raise CourseError(f"the first {n_prefix} of {n} tokens cannot be a prefix: take between 0 and {n} of them")
    in_prefix = torch.arange(n, device=device) < n_prefix  # one for each key
    return causal_mask(n, device=device) | in_prefix
