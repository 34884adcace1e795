"""Exercise: one matrix as two thin ones."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.low_rank import split_linear


def two_thin_matrices(trial):
    weight, rank = trial.inputs
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two matrices, in order of use: `first`, which reads x, and `second`, which writes the output."
    shapes = [tuple(part.shape) for part in trial.result]
    wanted = [(rank, weight.shape[1]), (weight.shape[0], rank)]
    if shapes == wanted[::-1] and shapes != wanted:
        return "Both are there, in the wrong order: the one that reads x, (rank, in), comes first."
    if shapes != wanted:
        return f"They are {shapes[0]} and {shapes[1]}; `first` is (rank, in) = {wanted[0]}, `second` {wanted[1]}."
    return None


def product_is_the_best(trial):
    weight, rank = trial.inputs
    first, second = trial.result
    missed = (weight - second @ first).norm().item()
    u, s, v = torch.linalg.svd(weight, full_matrices=False)
    least = s[rank:].norm().item()
    if missed <= least * 1.001 + 1e-4 * weight.norm().item():
        return None
    for words, other in (
        ("The singular values are missing: every direction now counts the same.", u[:, :rank] @ v[:rank]),
        (
            "The singular values are in it twice, whole in both. Give each its root, or only one of them the whole.",
            (u[:, :rank] * s[:rank] ** 2) @ v[:rank],
        ),
        (
            "You keep the *smallest* singular values. They come sorted, the largest first: take the first `rank`.",
            (u[:, -rank:] * s[-rank:]) @ v[-rank:],
        ),
    ):
        if torch.allclose(second @ first, other, atol=1e-4):
            return words
    return f"second @ first misses the matrix by {missed:.3g} {trial.case}; the best pair misses it by {least:.3g}."


def balanced(trial):
    first, second = trial.result
    if not torch.allclose(first.norm(dim=1), second.norm(dim=0), rtol=1e-3, atol=1e-5):
        return (
            "The product is the best there is, but one of the two has all the singular values. Give each the root of "
            "them, so that both are of the same size: else one learns much faster than the other when they are trained."
        )
    return None


def svd_with(first_power=0.5, second_power=0.5, last=False, swap=False):
    def answer(weight, rank):
        u, s, v = torch.linalg.svd(weight, full_matrices=False)
        keep = slice(-rank, None) if last else slice(rank)
        first, second = s[keep, None] ** first_power * v[keep], u[:, keep] * s[keep] ** second_power
        return (second, first) if swap else (first, second)

    return answer


SPLIT_LINEAR = Exercise(
    key="split_linear",
    title="One matrix as two thin ones",
    task="Write `split_linear(weight, rank)` for a weight of (out, in): `first` of (rank, in) and `second` of (out, "
    "rank), whose product `second @ first` is the nearest of that rank. Share the singular values evenly.",
    difficulty=2,
    minutes=15,
    answer=split_linear,
    compare=False,  # the sign of each pair is free
    cases={
        "for a matrix of rank 1": lambda draw: (torch.tensor([[3.0, 4.0], [6.0, 8.0]]), 1),
        "for a matrix of 6 × 4": lambda draw: (draw(6, 4), 2),
        "for a wide matrix": lambda draw: (draw(3, 8), 2),
        "at full rank": lambda draw: (draw(4, 5), 4),
    },
    tests=[two_thin_matrices, product_is_the_best, balanced],
    known_mistakes={
        "in the wrong order": (
            svd_with(swap=True),
            "Both are there, in the wrong order",
        ),
        "no singular values": (
            svd_with(0, 0),
            "The singular values are missing",
        ),
        "twice": (
            svd_with(1, 1),
            "The singular values are in it twice",
        ),
        "the smallest": (
            svd_with(last=True),
            "You keep the *smallest* singular values.",
        ),
        "all in one": (
            svd_with(0, 1),
            "one of the two has all the singular values.",
        ),
    },
    hints=[
        "`u, s, v = torch.linalg.svd(weight, full_matrices=False)` gives weight = u @ diag(s) @ v, s sorted.",
        "Keep the first `rank` columns of u and rows of v.",
        "Multiply each row of v, and each column of u, by the root of its singular value: `s[:rank].sqrt()`.",
        "`root[:, None] * v[:rank], u[:, :rank] * root`.",
    ],
)
