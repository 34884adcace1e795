"""Exercise: Muon's orthogonalization."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.optimizers.muon import orthogonalize

A, B, C = 3.4445, -4.7750, 2.0315


def keeps_the_shape(trial):
    right = trial.inputs[0].shape
    if trial.result.shape != right:
        return f"The result has the shape {tuple(trial.result.shape)} {trial.case}; it should stay {tuple(right)}."
    return None


def singular_values_are_near_one(trial):
    result = trial.result.float()
    largest = torch.linalg.svdvals(result).max().item() if result.isfinite().all() else float("inf")
    if largest > 1.5:
        return (
            f"The largest singular value of your result is {largest:.3g} {trial.case}; it should be about 1. Was the "
            "matrix divided by its norm before the first round?"
        )
    return None


def newton_schulz(start=lambda x: x.norm(), a=A, b=B, c=C, rounds=None, gram=lambda x: x @ x.mT):
    """The iteration with one thing changed, so that a mistake takes a line."""

    def orthogonalize(matrix, steps=5):
        x = matrix / start(matrix)
        for _ in range(steps if rounds is None else rounds):
            g = gram(x)
            x = a * x + (b * g + c * g @ g) @ x
        return x

    return orthogonalize


def exactly(matrix, steps=5):
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    return u @ v


def norms_of_rows(matrix, steps=5):
    return matrix / matrix.norm(dim=1, keepdim=True)


def spread(draw, rows, columns):
    """A matrix whose singular values fall from 1 to 1/20."""
    u, _, v = torch.linalg.svd(draw(rows, columns), full_matrices=False)
    return u @ torch.diag(torch.logspace(0, -1.3, min(rows, columns))) @ v


ORTHOGONALIZE = Exercise(
    key="orthogonalize",
    title="All directions alike",
    task="Write `orthogonalize(matrix, steps=5)`: divide by the norm, then repeat x ← 3.4445 x − 4.7750 (x xᵀ) x + "
    "2.0315 (x xᵀ)² x.",
    difficulty=2,
    minutes=10,
    answer=orthogonalize,
    tolerance=2e-3,
    cases={
        "for a square matrix": lambda draw: (draw(4, 4),),
        "for a wide matrix": lambda draw: (draw(3, 6),),
        "for a tall matrix": lambda draw: (draw(6, 3),),
        "for a matrix with large and small directions": lambda draw: (spread(draw, 5, 5),),
        "for small numbers": lambda draw: (1e-3 * draw(4, 5),),
        "with a single round": lambda draw: (draw(4, 4), 1),
    },
    tests=[keeps_the_shape, singular_values_are_near_one],
    known_mistakes={
        "not divided": (
            newton_schulz(start=lambda x: 1.0),
            "You start with the matrix as it is. The polynomial pulls towards 1 only what lies between 0 and about "
            "1.2: divide by `matrix.norm()` first.",
        ),
        "divided by the largest number": (
            newton_schulz(start=lambda x: x.abs().max()),
            "You divide by the largest *entry*; the largest singular value can still be far above 1. The norm of the "
            "whole matrix is never below it.",
        ),
        "no fifth power": (
            newton_schulz(c=0.0),
            "The last term is missing, the one with (x xᵀ)² x. Without it the second one pulls below 0.",
        ),
        "plus instead of minus": (
            newton_schulz(b=-B),
            "The middle coefficient is negative. With a plus, all singular values run away.",
        ),
        "always five rounds": (
            newton_schulz(rounds=5),
            "You make five rounds, whatever `steps` says.",
        ),
        "one round": (
            newton_schulz(rounds=1),
            "You make one round. Small singular values need several, each lifts them about threefold.",
        ),
        "exact": (
            exactly,
            "This is the exact U Vᵀ, to which the iteration comes near. An SVD is slow on a GPU; make the matrix "
            "products instead.",
        ),
        "rows of length one": (
            norms_of_rows,
            "You give each *row* the length 1. Two rows may still point the same way; singular values are about "
            "directions, not rows.",
        ),
    },
    hints=[
        "Start with `x = matrix / matrix.norm()`: then no singular value is above 1.",
        "One round needs `gram = x @ x.mT`, a square matrix with a row for each row of x.",
        "(x xᵀ)² x is `gram @ gram @ x`. Repeat the round `steps` times.",
        "`x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x`.",
    ],
)
