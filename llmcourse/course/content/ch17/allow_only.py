"""Exercise: a rule as a mask."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.content.ch17.shared import TRUNCATION_TESTS
from llmcourse.course.exercise import Exercise
from llmcourse.inference.constrained import allow_only


def mask_with(fill=-math.inf, same_for_all=False, inverted=False):
    def answer(logits, allowed):
        forbidden = torch.ones_like(logits, dtype=torch.bool)
        for row, ids in enumerate(allowed):
            forbidden[row, list(allowed[0] if same_for_all else ids)] = False
        return logits.masked_fill(~forbidden if inverted else forbidden, fill)

    return answer


ALLOW_ONLY = Exercise(
    key="allow_only",
    title="A rule as a mask",
    task="Write `allow_only(logits, allowed)`: in each row only the tokens whose ids are in that row's list stay.",
    difficulty=1,
    minutes=5,
    answer=allow_only,
    cases={
        "for one row": lambda draw: (draw(1, 5), [[1, 3]]),
        "for rows with different rules": lambda draw: (draw(3, 6), [[0], [1, 2, 5], [4, 0]]),
        "where everything is allowed": lambda draw: (draw(1, 3), [[0, 1, 2]]),
        "for ids in a set": lambda draw: (draw(2, 4), [{2}, {0, 3}]),
    },
    tests=TRUNCATION_TESTS,
    known_mistakes={
        "zero": (
            mask_with(fill=0.0),
            "A logit of 0 is a token like any other. What is forbidden needs probability 0, which is a logit of -inf.",
        ),
        "the wrong way round": (
            mask_with(inverted=True),
            "You forbid what is allowed, and allow the rest.",
        ),
        "one rule for all": (
            mask_with(same_for_all=True),
            "You use the first row's rule for all rows. Each text is at another place, and has its own.",
        ),
    },
    hints=[
        "Begin with everything forbidden: `torch.ones_like(logits, dtype=torch.bool)`.",
        "Go through the rows with `enumerate(allowed)`, and clear the mask at the ids that are allowed.",
        "`forbidden[row, list(ids)] = False`, and in the end `logits.masked_fill(forbidden, -math.inf)`.",
    ],
)
