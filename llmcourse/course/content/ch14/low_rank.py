"""Exercise: the best matrix of low rank."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.tuning.low_rank import low_rank


def returns_a_pair(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two matrices, in this order: B, the columns, and A, the rows."
    return None


def two_thin_matrices(trial):
    change, rank = trial.inputs
    (n_out, n_in), (b, a) = change.shape, trial.result
    if tuple(b.shape) == (n_out, rank) and tuple(a.shape) == (rank, n_in):
        return None
    if tuple(b.shape) == (rank, n_in) and tuple(a.shape) == (n_out, rank):
        return "Both are there, in the wrong order: return B, the columns, first, and A, the rows, second."
    found = f"For a {tuple(change.shape)} and rank {rank} they are {tuple(b.shape)} and {tuple(a.shape)}."
    return f"B has a row for each row of the matrix, A a column for each of its columns, and both `rank` more. {found}"


def product_is_the_best(trial):
    change, rank = trial.inputs
    b, a = trial.result
    u, s, v = torch.linalg.svd(change, full_matrices=False)
    best = (u[:, :rank] * s[:rank]) @ v[:rank]
    if torch.allclose(b @ a, best, atol=1e-4):
        return None
    for words, other in (
        (
            "The singular values are missing: every column now counts the same. Multiply each column by its own.",
            u[:, :rank] @ v[:rank],
        ),
        (
            "The singular values are in it twice, once in B and once in A. One of the two should have them.",
            (u[:, :rank] * s[:rank] ** 2) @ v[:rank],
        ),
        (
            "You keep the *smallest* singular values. They come sorted, the largest first: take the first `rank`.",
            (u[:, -rank:] * s[-rank:]) @ v[-rank:],
        ),
        (
            "The first rows and columns of the matrix itself are not the best ones. `torch.linalg.svd` finds those.",
            change[:, :rank] @ change[:rank],
        ),
    ):
        if torch.allclose(b @ a, other, atol=1e-4):
            return words
    mine, least = (change - b @ a).norm(), (change - best).norm()
    return f"B A misses the matrix by {mine:.3g} {trial.case}; the best product of this rank misses it by {least:.3g}."


def svd_with(power=1, last=False, swap=False, both=False):
    """The decomposition with one thing changed, so that a mistake takes a line."""

    def low_rank(change, rank):
        u, s, v = torch.linalg.svd(change, full_matrices=False)
        some = slice(-rank, None) if last else slice(rank)
        b, a = u[:, some] * s[some] ** power, v[some]
        a = a * s[some, None] if both else a
        return (a.T, b.T) if swap == "transposed" else (a, b) if swap else (b, a)

    return low_rank


LOW_RANK = Exercise(
    key="low_rank",
    title="The best change of low rank",
    task="Write `low_rank(change, rank)`: two thin matrices `(b, a)`, `n_out × rank` and `rank × n_in`, whose product "
    "comes as near to `change` as any product of that rank.",
    difficulty=2,
    minutes=15,
    answer=low_rank,
    compare=False,  # B and A may share out the singular values in any way
    cases={
        "for a matrix that is of rank 1": lambda draw: (torch.tensor([[2.0, 4.0, 6.0], [1.0, 2.0, 3.0]]), 1),
        "for a tall matrix": lambda draw: (draw(7, 4), 2),
        "for a wide matrix": lambda draw: (draw(3, 8), 1),
        "at full rank": lambda draw: (draw(4, 4), 4),
        "for a larger one": lambda draw: (draw(32, 16) @ draw(16, 24), 5),
    },
    tests=[returns_a_pair, two_thin_matrices, product_is_the_best],
    known_mistakes={
        "no singular values": (
            svd_with(power=0),
            "The singular values are missing: every column now counts the same. Multiply each column by its own.",
        ),
        "singular values twice": (
            svd_with(both=True),
            "The singular values are in it twice, once in B and once in A. One of the two should have them.",
        ),
        "the smallest ones": (
            svd_with(last=True),
            "You keep the *smallest* singular values. They come sorted, the largest first: take the first `rank`.",
        ),
        "the first rows and columns": (
            lambda change, rank: (change[:, :rank], change[:rank]),
            "The first rows and columns of the matrix itself are not the best ones. `torch.linalg.svd` finds those.",
        ),
        "exchanged": (
            svd_with(swap=True),
            "Both are there, in the wrong order: return B, the columns, first, and A, the rows, second.",
        ),
        "all of it": (
            lambda change, rank: (change, torch.eye(change.shape[1])),
            "B has a row for each row of the matrix, A a column for each of its columns, and both `rank` more.",
        ),
        "only the product": (
            lambda change, rank: torch.matmul(*svd_with()(change, rank)),
            "Return two matrices, in this order: B, the columns, and A, the rows.",
        ),
    },
    hints=[
        "Any matrix is a sum of columns times rows. The singular value decomposition finds such a sum in which the "
        "first term is as large as can be, then the second, and so on.",
        "`u, s, v = torch.linalg.svd(change, full_matrices=False)`: then `change` is `u @ torch.diag(s) @ v`, the "
        "columns of `u` and the rows of `v` are the terms, and `s` says how large each is.",
        "Keep `rank` columns of `u` and `rank` rows of `v`. The sizes have to go somewhere: into the columns.",
        "`return u[:, :rank] * s[:rank], v[:rank]`",
    ],
)
