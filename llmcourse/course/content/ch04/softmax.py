"""Exercise: softmax that does not overflow."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.softmax import softmax


def shares_sum_to_one(trial):
    sums = trial.result.sum(dim=trial.inputs[1])
    if not torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
        return f"The shares along `dim` should sum to 1; they do not {trial.case}."
    return None


def softmax_with_one_maximum(x, dim):
    powers = (x - x.max()).exp()
    return powers / powers.sum(dim, keepdim=True)


SOFTMAX = Exercise(
    key="softmax",
    title="Softmax that does not overflow",
    task="Write `softmax(x, dim)`: positive shares that sum to 1 along `dim`, for numbers of any size; without "
    "PyTorch's own.",
    difficulty=1,
    minutes=10,
    answer=softmax,
    cases={
        "for the two numbers 0 and ln 3": lambda draw: (torch.tensor([0.0, math.log(3)]), 0),
        "for a matrix, along its rows": lambda draw: (draw(3, 4), -1),
        "for a matrix, along its columns": lambda draw: (draw(3, 4), 0),
        "for a square matrix, along its rows": lambda draw: (draw(3, 3), 1),
        "for three dimensions, along the middle one": lambda draw: (draw(2, 3, 4), 1),
        "for large numbers": lambda draw: (torch.tensor([1000.0, 1001.0]), -1),
        "for a large row above a small one": lambda draw: (torch.tensor([[1000.0, 1001.0], [0.0, 1.0]]), -1),
        "for numbers with -inf among them": lambda draw: (torch.tensor([1.0, -math.inf, 2.0]), -1),
    },
    tests=[shares_sum_to_one],
    known_mistakes={
        "always the last dimension": (
            lambda x, dim: x.softmax(-1),
            "Your softmax always runs along the last dimension. Where does `dim` come in?",
        ),
        "no exponential": (
            lambda x, dim: x / x.sum(dim, keepdim=True),
            "You divide the numbers by their own sum, and negative numbers get negative shares: `exp` comes first.",
        ),
        "overflow": (
            lambda x, dim: x.exp() / x.exp().sum(dim, keepdim=True),
            "Right for small numbers; but exp(1000) is infinite in floating point, and infinity / infinity is NaN. "
            "What may be subtracted from all the numbers without changing their shares?",
        ),
        "one maximum for all rows": (
            softmax_with_one_maximum,
            "You subtract one maximum from the whole tensor. A row that lies far below it becomes 0 / 0, which is "
            "NaN: every row needs a maximum of its own, along `dim`.",
        ),
        "logarithms": (
            lambda x, dim: x.log_softmax(dim),
            "These are the logarithms of the shares, all of them 0 or below. Shares lie between 0 and 1.",
        ),
        "everything at once": (
            lambda x, dim: x.flatten().softmax(0).view_as(x),
            "Your shares sum to 1 over the whole tensor. They should do so along `dim`, for every row by itself.",
        ),
    },
    hints=[
        "First make every number positive, in such a way that larger stays larger. Which function does that?",
        "Divide by the sum along `dim`. With `keepdim=True` the sum keeps its place, and every row finds its own.",
        "exp(x - c) is exp(x) / exp(c), and the exp(c) cancels when you divide. Choose c so that no exponent is "
        "above 0.",
        "`powers = (x - x.amax(dim, keepdim=True)).exp()`, and then divide them by their sum along the same `dim`.",
    ],
)
