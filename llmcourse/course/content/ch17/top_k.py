"""Exercise: top-k."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.content.ch17.shared import TRUNCATION_TESTS, keep, logs
from llmcourse.course.exercise import Exercise
from llmcourse.inference.truncation import top_k


def by_threshold(logits, k):
    ranked = logits.sort(dim=-1, descending=True).values
    return keep(logits, logits >= ranked[..., min(k, logits.shape[-1]) - 1, None])


def with_zeros(logits, k):
    kept = logits.argsort(dim=-1, descending=True, stable=True)[..., :k]
    return torch.zeros_like(logits).scatter(-1, kept, logits.gather(-1, kept))


def unlikeliest(logits, k):
    kept = logits.argsort(dim=-1, stable=True)[..., :k]
    return torch.full_like(logits, -math.inf).scatter(-1, kept, logits.gather(-1, kept))


TOP_K = Exercise(
    key="top_k",
    title="Top-k",
    task="Write `top_k(logits, k)`: the k largest logits of each row stay, all others become -inf. Of equal ones, the "
    "lower ids stay.",
    difficulty=1,
    minutes=5,
    answer=top_k,
    cases={
        "for four tokens, k = 2": lambda draw: (logs(0.1, 0.4, 0.2, 0.3), 2),
        "for a batch, k = 3": lambda draw: (draw(3, 9), 3),
        "when three are equally likely": lambda draw: (torch.tensor([1.0, 3.0, 3.0, 3.0, 2.0]), 2),
        "when k is larger than the vocabulary": lambda draw: (draw(2, 4), 99),
    },
    tests=TRUNCATION_TESTS,
    known_mistakes={
        "a threshold": (
            by_threshold,
            "You keep all that are as large as the k-th one. Where several are equally large, that is more than k.",
        ),
        "zero instead of minus infinity": (
            with_zeros,
            "A logit of 0 does not rule a token out: e^0 is 1. Only -inf has probability 0.",
        ),
        "the unlikeliest": (unlikeliest, "You keep the k *smallest* logits: the sort goes the wrong way."),
    },
    hints=[
        "Sort the ids of each row by their logits, the largest first: `argsort(descending=True, stable=True)`. "
        "`stable` leaves equal ones in the order of their ids.",
        "The first k of these ids stay: a slice never complains when k is too large.",
        "Start from a tensor full of -inf, `torch.full_like(logits, -math.inf)`, and `scatter` the kept logits into "
        "it; `logits.gather(-1, kept)` fetches them.",
    ],
)
