"""Is this sample drawn from that distribution? Pearson's chi-square test."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError


def chi_square_p(
    counts: Sequence[int] | Float[Tensor, "outcome"], expected: Sequence[float] | Float[Tensor, "outcome"]
) -> float:
    """How often a sample that does come from the distribution lies at least as far from it as this one: its p-value.

    `counts`: how often each outcome came; `expected`: its probability. Outcomes that are expected fewer than five times
    are put together. A p-value of 0.3 is nothing unusual, one of 0.0001 says that the sample comes from elsewhere.
    Raises CourseError where the two do not fit, and when there are fewer than two outcomes to tell apart.

    Pearson (1900), On the criterion that a given system of deviations …
    """
    seen, p = torch.as_tensor(counts, dtype=torch.float64), torch.as_tensor(expected, dtype=torch.float64)
    if seen.shape != p.shape or abs(p.sum().item() - 1) > 1e-4:
        sizes = f"{len(seen)} counts and {len(p)} probabilities, which sum to {p.sum():.4g}"
        raise CourseError(f"{sizes}: there must be one for each, and they sum to 1")
    if (seen[p == 0] > 0).any():
        return 0.0  # what cannot come has come
    due = p * seen.sum()
    often = due >= 5
    seen = torch.cat([seen[often], seen[~often].sum()[None]])
    due = torch.cat([due[often], due[~often].sum()[None]])
    seen, due = seen[due > 0], due[due > 0]
    if len(due) < 2:
        raise CourseError("there are fewer than two outcomes to tell apart: draw more")
    distance = ((seen - due) ** 2 / due).sum()
    return torch.special.gammaincc(torch.tensor((len(due) - 1) / 2, dtype=torch.float64), distance / 2).item()


def total_variation(p: Float[Tensor, "*batch vocab"], q: Float[Tensor, "*batch vocab"]) -> Float[Tensor, "*batch"]:
    """Half the sum of all differences: the largest difference in the probability of anything."""
    return (p - q).abs().sum(-1) / 2


def count(draws: Sequence[int], n: int) -> list[int]:
    """How often each of the numbers 0 … n - 1 was drawn."""
    return torch.bincount(torch.tensor(draws), minlength=n).tolist()
