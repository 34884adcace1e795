"""Exercise: what was taken for what."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.classification import confusion_matrix
from llmcourse.course.exercise import Exercise


def is_a_square_of_counts(trial):
    labels, _, n = trial.inputs
    matrix = torch.as_tensor(trial.result)
    if tuple(matrix.shape) != (n, n):
        return (
            f"There are {n} classes {trial.case}: a row and a column for each, and not the shape {tuple(matrix.shape)}."
        )
    if matrix.sum() != len(labels):
        return (
            f"Your cells sum to {matrix.sum():.3g} {trial.case}, and there are {len(labels)} texts, each in one cell."
        )
    return None


def counted(labels, guesses, n):
    matrix = torch.zeros(n, n, dtype=torch.long)
    for label, guess in zip(labels.tolist(), guesses.tolist(), strict=True):
        matrix[label, guess] += 1
    return matrix


def overwritten(labels, guesses, n):
    matrix = torch.zeros(n, n, dtype=torch.long)
    matrix[labels, guesses] += 1
    return matrix


def as_large_as_needed(labels, guesses, n):
    return counted(labels, guesses, int(max(labels.max(), guesses.max())) + 1)


CONFUSION_MATRIX = Exercise(
    key="confusion_matrix",
    title="What was taken for what",
    task="Write `confusion_matrix(labels, guesses, n_classes)`: a matrix of counts; in row i and column j stands how "
    "many texts of class i were taken for class j.",
    difficulty=1,
    minutes=10,
    answer=confusion_matrix,
    cases={
        "for four texts": lambda draw: (torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 1, 1]), 2),
        "for three classes": lambda draw: (draw.integers(0, 3, 30), draw.integers(0, 3, 30), 3),
        "where one class never comes": lambda draw: (torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), 3),
    },
    tests=[is_a_square_of_counts],
    known_mistakes={
        "transposed": (
            lambda labels, guesses, n: counted(guesses, labels, n),
            "Rows and columns are exchanged: a row is for what the texts *are*, a column for what they are taken for.",
        ),
        "only counted once": (
            overwritten,
            "`matrix[labels, guesses] += 1` adds 1 only once to a cell that is named several times. Count them.",
        ),
        "shares": (
            lambda labels, guesses, n: counted(labels, guesses, n) / len(labels),
            "You return shares of all texts; asked for are counts, whole numbers.",
        ),
        "too small": (
            as_large_as_needed,
            "A class that never comes has a row and a column too, full of zeros. Use `n_classes`.",
        ),
        "only the diagonal": (
            lambda labels, guesses, n: torch.diag(counted(labels, guesses, n).diagonal()),
            "Only the right guesses are in your matrix. The others are what it is made for.",
        ),
    },
    hints=[
        "Begin with `torch.zeros(n_classes, n_classes, dtype=torch.long)` and go through the texts one by one.",
        "Each text adds 1 to one cell: the row is its label, the column the guess.",
        "Without a loop: give each cell a number, `label * n_classes + guess`, and count the numbers.",
        "`torch.bincount(labels * n_classes + guesses, minlength=n_classes**2).reshape(n_classes, n_classes)`.",
    ],
)
