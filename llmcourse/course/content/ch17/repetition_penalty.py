"""Exercise: the repetition penalty."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.content.ch17.shared import same_shape
from llmcourse.course.exercise import Exercise
from llmcourse.inference.penalties import repetition_penalty


def said(logits, ids):
    return torch.zeros_like(logits, dtype=torch.bool).scatter(-1, ids, True)


def by_count(logits, ids, penalty):
    counts = torch.zeros_like(logits).scatter_add(-1, ids, torch.ones_like(ids, dtype=logits.dtype))
    return torch.where(logits > 0, logits / penalty**counts, logits * penalty**counts)


REPETITION_PENALTY = Exercise(
    key="repetition_penalty",
    title="Repetition penalty",
    task="Write `repetition_penalty(logits, ids, penalty)`: of all tokens that stand in their row of `ids`, positive "
    "logits are divided by the penalty and negative ones multiplied by it.",
    difficulty=2,
    minutes=6,
    answer=repetition_penalty,
    cases={
        "for four tokens, of which two were said": lambda draw: (
            torch.tensor([[2.0, -2.0, 1.0, -1.0]]),
            torch.tensor([[0, 1]]),
            2.0,
        ),
        "when a token was said three times": lambda draw: (draw(1, 5), torch.tensor([[3, 3, 1, 3]]), 1.5),
        "for a batch": lambda draw: (3 * draw(3, 8), draw.integers(0, 8, 3, 4), 1.3),
        "for a penalty of 1": lambda draw: (draw(2, 5), draw.integers(0, 5, 2, 3), 1.0),
    },
    tests=[same_shape],
    known_mistakes={
        "always divided": (
            lambda logits, ids, penalty: torch.where(said(logits, ids), logits / penalty, logits),
            "A negative logit divided by 2 is larger than before: such tokens become likelier. They must be "
            "multiplied.",
        ),
        "by count": (by_count, "A token said three times is punished three times; here once is enough."),
        "everything": (
            lambda logits, ids, penalty: torch.where(logits > 0, logits / penalty, logits * penalty),
            "You punish all tokens, said or not. Only those that stand in `ids` are meant.",
        ),
        "subtracted": (
            lambda logits, ids, penalty: logits - penalty * said(logits, ids),
            "You subtract the penalty. (That is another known method, the presence penalty.) Here it is a factor.",
        ),
    },
    hints=[
        "First find out which tokens of the vocabulary have been said: a tensor of booleans like the logits.",
        "`torch.zeros_like(logits, dtype=torch.bool).scatter(-1, ids, True)` marks them.",
        "`torch.where(logits > 0, logits / penalty, logits * penalty)` is smaller in both cases; another "
        "`torch.where` takes it only where something was said.",
    ],
)
