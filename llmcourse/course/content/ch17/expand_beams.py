"""Exercise: the central step of beam search."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.content.ch17.shared import logs
from llmcourse.course.exercise import Exercise
from llmcourse.inference.beam import expand_beams


def three_tensors(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 3:
        return "Return three things, in this order: the scores, the beams, the tokens."
    return None


def expand_with(total=lambda scores, log_probs: scores[:, None] + log_probs, divide_by=1):
    def answer(scores, log_probs, n):
        totals = total(scores, log_probs).flatten()
        best = totals.argsort(descending=True, stable=True)[:n]
        size = log_probs.shape[divide_by]
        return totals[best], best // size, best % size

    return answer


def each_its_best(scores, log_probs, n):
    totals, tokens = (scores[:, None] + log_probs).max(-1)
    best = totals.argsort(descending=True, stable=True)[:n]
    return totals[best], best, tokens[best]


EXPAND_BEAMS = Exercise(
    key="expand_beams",
    title="The step of beam search",
    task="Write `expand_beams(scores, log_probs, n)`: the n best ways to make one of the beams a token longer, as "
    "their scores, their beams and their tokens, best first.",
    difficulty=2,
    minutes=8,
    answer=expand_beams,
    cases={
        "for two beams and three tokens": lambda draw: (
            logs(0.6, 0.4),
            logs([0.4, 0.35, 0.25], [0.9, 0.05, 0.05]),
            2,
        ),
        "where one beam takes all places": lambda draw: (
            torch.tensor([0.0, -9.0]),
            logs([0.5, 0.3, 0.2], [0.98, 0.01, 0.01]),
            3,
        ),
        "for one beam": lambda draw: (torch.zeros(1), draw(1, 6).log_softmax(-1), 4),
        "for random beams": lambda draw: (-draw(4).abs(), draw(4, 7).log_softmax(-1), 8),
        "when more are asked for than there are": lambda draw: (-draw(2).abs(), draw(2, 3).log_softmax(-1), 10),
    },
    tests=[three_tensors],
    known_mistakes={
        "each beam its best": (
            each_its_best,
            "You let each beam choose its own best token. All ways of all beams compete: one beam may have several "
            "children, and another none.",
        ),
        "the past forgotten": (
            expand_with(lambda scores, log_probs: log_probs),
            "You rank by the new token alone. A text's ln p is the sum over all its tokens: add the beam's score.",
        ),
        "probabilities added": (
            expand_with(lambda scores, log_probs: scores[:, None] + log_probs.exp()),
            "You add a probability to a logarithm. Logarithms are added; that multiplies the probabilities.",
        ),
        "divided by the beams": (
            expand_with(divide_by=0),
            "A place in the flattened matrix is beam × vocab + token. Divide by the size of the *vocabulary*; the "
            "remainder is the token.",
        ),
    },
    hints=[
        "How likely is a beam with one more token? ln p of the beam plus ln p of the token after it.",
        "`scores[:, None] + log_probs` is a matrix: a row for each beam, a column for each token. Flatten it, and "
        "sort.",
        "A place in the flat list tells both: `place // vocab` is the beam and `place % vocab` the token.",
    ],
)
