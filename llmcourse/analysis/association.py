"""The word embedding association test: do two sets of words lie nearer to one pole or to the other?

Caliskan, Bryson and Narayanan (2017), Semantics derived automatically from language corpora contain human-like biases.
Two sets of *targets* (some jobs, other jobs) and two of *attributes* (words of "she", words of "he"). A target's
association is how much nearer it is to the first attributes than to the second, by cosine; the effect size is how far
the two sets of targets lie apart, in standard deviations.
"""

from itertools import combinations

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError

MOST_TARGETS = 20  # in all: parted into halves, these make 184,756 ways


def associations(
    targets: Float[Tensor, "target d"], a: Float[Tensor, "first d"], b: Float[Tensor, "second d"]
) -> Float[Tensor, " target"]:
    """For each target, its mean cosine with the vectors of `a` minus its mean cosine with those of `b`."""
    unit = torch.nn.functional.normalize
    return (unit(targets, dim=-1) @ unit(a, dim=-1).T).mean(1) - (unit(targets, dim=-1) @ unit(b, dim=-1).T).mean(1)


def effect_size(x: Float[Tensor, " first"], y: Float[Tensor, " second"]) -> float:
    """The difference of the two means, in standard deviations of all targets together (Cohen's d; between -2 and 2).

    x, y: the associations of the two sets of targets. Raises CourseError when a set is empty or all are the same.
    """
    if not len(x) or not len(y):
        raise CourseError("each set of targets needs at least one word")
    spread = torch.cat([x, y]).std()
    if not spread > 0:
        raise CourseError("all targets have the same association: there is no spread to measure a difference by")
    return ((x.mean() - y.mean()) / spread).item()


def permutation_p(x: Float[Tensor, " first"], y: Float[Tensor, " second"]) -> float:
    """The share of all ways to part the targets into sets of these sizes that differ at least as much as this way does.

    Exact: every way is tried, the true one among them. So it cannot be below 1 / (the number of ways).
    """
    differences = partings(x, y)
    actual = x.double().mean() - y.double().mean()
    return (differences >= actual - 1e-9).double().mean().item()


def partings(x: Float[Tensor, " first"], y: Float[Tensor, " second"]) -> Float[Tensor, " way"]:
    """For each way to choose a first set of this size from all targets, the difference of the two sets' means.

    Raises CourseError when a set is empty, and for more than 20 targets, which can be parted in millions of ways.
    """
    every = torch.cat([x, y]).double()
    if not len(x) or not len(y):
        raise CourseError("each set of targets needs at least one word")
    if len(every) > MOST_TARGETS:
        raise CourseError(f"{len(every)} targets can be parted in too many ways to try: give at most {MOST_TARGETS}")
    ways = torch.tensor(list(combinations(range(len(every)), len(x))))
    first = every[ways].sum(1)
    return first / len(x) - (every.sum() - first) / len(y)
