"""How a classifier is judged: what it takes for what, and on which kinds of texts it fails."""

from collections import defaultdict
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.labelled import Labelled
from llmcourse.errors import CourseError


def confusion_matrix(
    labels: Int[Tensor, "text"], guesses: Int[Tensor, "text"], n_classes: int
) -> Int[Tensor, "label guess"]:
    """How many texts of each class (row) were taken for each class (column); the diagonal is what was right.

    Raises CourseError for labels and guesses of different number, and for one that is no class.
    """
    if labels.shape != guesses.shape:
        raise CourseError(f"there are {len(labels)} labels and {len(guesses)} guesses: each text needs one of both")
    for name, numbers in (("label", labels), ("guess", guesses)):
        outside = numbers[(numbers < 0) | (numbers >= n_classes)]
        if outside.numel():
            raise CourseError(f"there is a {name} {outside[0].item()}, and classes run from 0 to {n_classes - 1}")
    cells = labels * n_classes + guesses  # the number of each text's cell, row by row
    return torch.bincount(cells, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


def right_by_kind(examples: Sequence[Labelled], probabilities: Float[Tensor, "text n_classes"]) -> dict[str, float]:
    """The share of right guesses for each kind of example, in the order in which the kinds first come."""
    right = defaultdict(list)
    for example, guess in zip(examples, probabilities.argmax(-1).tolist(), strict=True):
        right[example.kind].append(guess == example.label)
    return {kind: sum(hits) / len(hits) for kind, hits in right.items()}


def wrong_ones(examples: Sequence[Labelled], probabilities: Float[Tensor, "text n_classes"]) -> list[int]:
    """The numbers of the examples whose likeliest class is not the true one; those that were surest come first."""
    confidences, guesses = probabilities.max(-1)
    wrong = [number for number, example in enumerate(examples) if guesses[number] != example.label]
    return sorted(wrong, key=lambda number: -confidences[number].item())
