"""Probes: can something be read off a model's vectors?

A probe is a small classifier that is shown vectors with labels, and asked for the labels of others. If it is right,
what the label says stands in the vector, in a form that the probe can read. It does not follow that the model uses it.

A score means little by itself. It is compared with always naming the commonest label, and with the same probe on
labels that were shuffled: what it gets right of those, it gets right without any help from the vectors (Hewitt and
Liang (2019), Designing and Interpreting Probes with Control Tasks, have a stricter one). And the vectors that it is
judged by come from texts of which it has seen none.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError

#: From vectors, their labels, and other vectors to the labels of those.
Probe = Callable[
    [Float[Tensor, "known d_model"], Int[Tensor, "known"], Float[Tensor, "new d_model"]], Int[Tensor, "new"]
]


def nearest_mean(
    known: Float[Tensor, "known d_model"], labels: Int[Tensor, "known"], new: Float[Tensor, "new d_model"]
) -> Int[Tensor, "new"]:
    """For each new vector the label whose known vectors have the nearest mean; of two as near, the smaller label."""
    classes = labels.unique()  # in order
    means = torch.stack([known[labels == label].mean(dim=0) for label in classes])  # class d_model
    distances = (new[:, None] - means[None]).square().sum(dim=-1)  # new class
    return classes[distances.argmin(dim=1)]


def linear_probe(
    known: Float[Tensor, "known d_model"], labels: Int[Tensor, "known"], new: Float[Tensor, "new d_model"]
) -> Int[Tensor, "new"]:
    """Logistic regression: one weight for each dimension and label; a dimension counts in units of its own spread."""
    from sklearn.linear_model import LogisticRegression

    if len(labels.unique()) < 2:
        return labels[:1].expand(len(new))
    mean, spread = known.mean(dim=0), known.std(dim=0)
    spread = spread.where(spread > 1e-5, torch.ones_like(spread))  # a dimension that never changes says nothing
    fitted = LogisticRegression(max_iter=1000).fit(((known - mean) / spread).numpy(), labels.numpy())
    return torch.from_numpy(fitted.predict(((new - mean) / spread).numpy()))


def probe_predictions(
    vectors: Float[Tensor, "example d_model"],
    labels: Sequence[int],
    groups: Sequence[int],
    probe: Probe = linear_probe,
    n_folds: int = 5,
) -> Int[Tensor, "example"]:
    """What the probe says of each vector when it has learned from the others: cross-validation.

    `groups`: which text each vector is from. Those of one text are never on both sides.
    Raises CourseError where the numbers of vectors, labels and groups differ, or there are fewer groups than folds.
    """
    if not len(vectors) == len(labels) == len(groups):
        raise CourseError(f"{len(vectors)} vectors, {len(labels)} labels, {len(groups)} groups: one of each is needed")
    truth, said = torch.tensor(labels), torch.zeros(len(labels), dtype=torch.long)
    for left_out in folds(groups, n_folds):
        said[left_out] = probe(vectors[~left_out], truth[~left_out], vectors[left_out])
    return said


def probe_accuracy(
    vectors: Float[Tensor, "example d_model"],
    labels: Sequence[int],
    groups: Sequence[int],
    probe: Probe = linear_probe,
    n_folds: int = 5,
) -> float:
    """The share of vectors of which the probe, not having seen their text, says the right label."""
    said = probe_predictions(vectors, labels, groups, probe, n_folds)
    return (said == torch.tensor(labels)).float().mean().item()


def folds(groups: Sequence[int], n_folds: int) -> Iterator[Tensor]:
    """For each fold, which examples are left out of it (True). Every group is left out exactly once, as a whole."""
    names = sorted(set(groups))
    if not 2 <= n_folds <= len(names):
        raise CourseError(f"{len(names)} texts cannot be left out in {n_folds} parts: choose 2 to {len(names)}")
    random.Random(0).shuffle(names)
    fold_of = {name: number % n_folds for number, name in enumerate(names)}
    mine = torch.tensor([fold_of[group] for group in groups])
    for number in range(n_folds):
        yield mine == number


def majority_share(labels: Sequence[int]) -> float:
    """What always naming the commonest label would get."""
    if not labels:
        raise CourseError("there are no labels: no one of them is the commonest")
    return max(Counter(labels).values()) / len(labels)


def shuffled(labels: Sequence[int], seed: int = 0) -> list[int]:
    """The same labels in another order, so that they say nothing of their examples any more."""
    return random.Random(seed).sample(list(labels), len(labels))
