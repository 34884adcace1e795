"""Exercise: attention with linear biases."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.position_bias import alibi_bias, alibi_slopes, distances


def a_matrix_for_each_head(trial):
    slopes, n = trial.inputs
    right = (len(slopes), n, n)
    if tuple(trial.result.shape) != right:
        return f"The shape is {tuple(trial.result.shape)} {trial.case}; it should be {right}: (head, query, key)."
    return None


def for_each_head(slopes, matrix):
    return slopes[:, None, None] * matrix


ALIBI = Exercise(
    key="alibi",
    title="Attention with linear biases",
    task="Write `alibi_bias(slopes, n)`: for each head and each two of `n` tokens, minus distance times slope.",
    difficulty=2,
    minutes=10,
    answer=alibi_bias,
    cases={
        "for one head and three tokens": lambda draw: (torch.tensor([0.5]), 3),
        "for four heads and six tokens": lambda draw: (alibi_slopes(4), 6),
        "for three heads and one token": lambda draw: (alibi_slopes(3), 1),
    },
    tests=[a_matrix_for_each_head],
    known_mistakes={
        "a reward": (
            lambda slopes, n: for_each_head(slopes, distances(n, n).abs()),
            "Your far keys get higher scores than near ones. It is a penalty: minus the distance.",
        ),
        "ahead is better": (
            lambda slopes, n: for_each_head(slopes, -distances(n, n)),
            "Keys ahead of the query get a reward. A distance has no sign: take the absolute value.",
        ),
        "by position": (
            lambda slopes, n: for_each_head(slopes, torch.arange(n).expand(n, n)),
            "Your bias counts from the beginning of the text, not from the query. Within a row it differs "
            "from the right one only by a constant, which no softmax under a causal mask would notice. Asked "
            "for is minus the distance.",
        ),
        "squared": (
            lambda slopes, n: for_each_head(slopes, -(distances(n, n) ** 2)),
            "Your penalty grows with the square of the distance. The L in ALiBi is for linear.",
        ),
        "with a mask": (
            lambda slopes, n: for_each_head(slopes, -distances(n, n).abs()).masked_fill(distances(n, n) < 0, -math.inf),
            "Keys ahead get -inf. That is the causal mask's business (chapter 04); an encoder uses this bias "
            "without one.",
        ),
        "divided": (
            lambda slopes, n: -distances(n, n).abs() / slopes[:, None, None],
            "You divide by the slope, so that your short-sighted heads see farthest. The distance is "
            "multiplied with it.",
        ),
    },
    hints=[
        "Write down the distances of three tokens from each other: three rows, three columns, zeros on the diagonal.",
        "`torch.arange(n)` numbers the keys; with `[:, None]` it stands upright and numbers the queries. Subtract, and "
        "take `.abs()`.",
        "`slopes[:, None, None]` gives each head its own matrix: minus that, times the distances.",
    ],
)
