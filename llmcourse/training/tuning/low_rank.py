"""The best matrix of low rank: how much of a change can be told in a few rows and columns.

Eckart and Young (1936), The Approximation of One Matrix by Another of Lower Rank.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError


def low_rank(
    change: Float[Tensor, "n_out n_in"], rank: int
) -> tuple[Float[Tensor, "n_out rank"], Float[Tensor, "rank n_in"]]:
    """(B, A): of all pairs of this rank, the one whose product B A comes nearest to the matrix.

    The singular value decomposition writes a matrix as a sum of columns times rows, the largest first; the first
    `rank` of them are kept. Raises CourseError for a rank that is below 1 or above that of the matrix.
    """
    if not 1 <= rank <= min(change.shape):
        raise CourseError(f"rank={rank} is not possible for a {tuple(change.shape)}: from 1 to {min(change.shape)}")
    u, s, v = torch.linalg.svd(change, full_matrices=False)  # change = u @ diag(s) @ v, s from large to small
    return u[:, :rank] * s[:rank], v[:rank]


@torch.no_grad()
def keep_low_rank(tuned: nn.Module, base: nn.Module, rank: int) -> nn.Module:
    """Of what `tuned` has learned since it was `base`, keep in each linear layer of the blocks only the best `rank`.

    rank 0 takes the change back. Changes `tuned` in place, leaves everything outside the blocks alone, returns it.
    """
    before = dict(base.named_parameters())
    for name, weight in tuned.named_parameters():
        if "blocks." in name and weight.ndim == 2:
            change = weight - before[name]
            b, a = low_rank(change, min(rank, *change.shape)) if rank else (change[:, :0], change[:0])
            weight.copy_(before[name] + b @ a)
    return tuned
