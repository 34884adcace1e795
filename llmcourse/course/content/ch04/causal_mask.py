"""Exercise: the causal mask."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import causal_mask


def square(n):
    return torch.ones(n, n, dtype=torch.bool)


CAUSAL_MASK = Exercise(
    key="causal_mask",
    title="The causal mask",
    task="Write `causal_mask(n)`: n × n booleans, True where the token of the row may attend to the token of the "
    "column.",
    difficulty=1,
    minutes=5,
    answer=causal_mask,
    cases={
        "for three tokens": lambda draw: (3,),
        "for one token": lambda draw: (1,),
        "for seven tokens": lambda draw: (7,),
    },
    known_mistakes={
        "True where forbidden": (
            lambda n: square(n).triu(1),
            "Your mask is the wrong way round: True exactly where attention is forbidden. Here, True means allowed.",
        ),
        "not to oneself": (
            lambda n: square(n).tril(-1),
            "In your mask no token may attend to itself, and the first one to nothing at all. The diagonal is allowed.",
        ),
        "rows and columns exchanged": (
            lambda n: square(n).triu(),
            "Your tokens see themselves and what comes *after* them. Rows are queries, columns are keys: in row 0 "
            "only column 0 is allowed.",
        ),
        "ones and zeros": (
            lambda n: torch.ones(n, n).tril(),
            "The right places, but as the numbers 1 and 0. Booleans are asked for: `masked_fill` and `~` need them.",
        ),
        "zeros and -inf": (
            lambda n: torch.zeros(n, n).masked_fill(square(n).triu(1), -math.inf),
            "This is a mask to be *added* to the scores, of 0 and -inf. Asked for are booleans, True where allowed.",
        ),
        "everything allowed": (
            square,
            "Every token sees every other one, so the first could read the last. It should see nothing but itself.",
        ),
    },
    hints=[
        "Draw the mask for three tokens on paper. How many of its nine entries are True?",
        "Token i may attend to token j when j ≤ i. PyTorch compares a row of numbers with a column of numbers.",
        "`torch.arange(n)` numbers the keys; with `[:, None]` it stands upright and numbers the queries. Compare the "
        "two.",
    ],
)
