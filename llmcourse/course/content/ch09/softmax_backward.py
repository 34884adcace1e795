"""Exercise: back through a softmax."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.backprop import softmax_backward


def keeps_the_shape(trial):
    right = trial.inputs[1].shape
    if trial.result.shape != right:
        return f"There is one gradient for each score: shape {tuple(right)}, not {tuple(trial.result.shape)}."
    return None


def rows_sum_to_zero(trial):
    sums = trial.result.sum(-1).abs().max().item()
    if sums > 1e-4:
        return (
            f"Adding the same to all scores of a row changes no weight, so each row of the gradient must sum to 0 "
            f"{trial.case}; yours sums to {sums:.3g}."
        )
    return None


SOFTMAX_BACKWARD = Exercise(
    key="softmax_backward",
    title="Back through a softmax",
    task="Write `softmax_backward(d_weights, weights)`: the gradient in the scores, where `weights` is their softmax "
    "along the last dimension.",
    difficulty=1,
    minutes=10,
    answer=softmax_backward,
    cases={
        "for the two keys of the text": lambda draw: (torch.tensor([[1.0, 0.0]]), torch.tensor([[0.25, 0.75]])),
        "when all is equally welcome": lambda draw: (torch.full((1, 3), 2.0), torch.tensor([[0.2, 0.3, 0.5]])),
        "for three queries and four keys": lambda draw: (draw(3, 4), draw(3, 4).softmax(-1)),
        "for a batch of heads": lambda draw: (draw(2, 3, 4, 5), draw(2, 3, 4, 5).softmax(-1)),
        "for weights of 0 and 1": lambda draw: (draw(2, 3), torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])),
    },
    tests=[keeps_the_shape, rows_sum_to_zero],
    known_mistakes={
        "no average": (
            lambda d_weights, weights: weights * d_weights,
            "You scale by the weight, and forget that the others pay for it: raise one score, and all other weights "
            "sink. What has to be subtracted from `d_weights` first?",
        ),
        "each weight by itself": (
            lambda d_weights, weights: weights * (1 - weights) * d_weights,
            "w (1 - w) is how a weight changes with its *own* score. It changes with the scores of the others as well.",
        ),
        "a plain average": (
            lambda d_weights, weights: weights * (d_weights - d_weights.mean(-1, keepdim=True)),
            "The average that you subtract counts all keys alike. It is the one that attention itself takes: weighted "
            "by `weights`.",
        ),
        "not scaled by the weight": (
            lambda d_weights, weights: d_weights - (weights * d_weights).sum(-1, keepdim=True),
            "Better than the average or worse, that is there; but a key with a weight near 0 can hardly gain. Multiply "
            "by its weight.",
        ),
        "over the queries": (
            lambda d_weights, weights: weights * (d_weights - (weights * d_weights).sum(-2, keepdim=True)),
            "Your average runs over the queries. The softmax ran along the last dimension, over each query's keys.",
        ),
        "the other way round": (
            lambda d_weights, weights: weights * ((weights * d_weights).sum(-1, keepdim=True) - d_weights),
            "The size is right, the sign is not: a key that does better than the average must gain.",
        ),
    },
    hints=[
        "Raise one score a little: its weight grows, and the others shrink so that the sum stays 1.",
        "The row's average is `(weights * d_weights).sum(-1, keepdim=True)`: what the query gets at present.",
        "A key gains in proportion to its weight, and to how much its `d_weights` lies above that average.",
        "`weights * (d_weights - average)`.",
    ],
)
