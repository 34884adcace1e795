"""Masks: which token may look at which. True means *allowed*, everywhere in this course.

A mask has the shape (query, key), or (batch, query, key) where the rows of a batch differ, or (batch, 1, key) where it
is the same for all queries.
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
