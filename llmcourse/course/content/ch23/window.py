"""Exercise: the mask of a sliding window."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.efficient.sliding_window import window_mask


def band(n, first, end):
    """True where first ≤ query - key < end."""
    position = torch.arange(n)
    back = position[:, None] - position
    return (back >= first) & (back < end)


WINDOW = Exercise(
    key="window",
    title="A sliding window",
    task="Write `window_mask(n, window)`: n × n booleans, True where the token of the row may look: at itself and the "
    "`window - 1` tokens before it.",
    difficulty=1,
    minutes=8,
    answer=window_mask,
    cases={
        "for four tokens and a window of 2": lambda draw: (4, 2),
        "for seven tokens and a window of 3": lambda draw: (7, 3),
        "for a window of 1": lambda draw: (5, 1),
        "for a window longer than the text": lambda draw: (3, 10),
    },
    known_mistakes={
        "one too many": (
            lambda n, window: band(n, 0, window + 1),
            "Your rows hold one token too many: the token itself counts, so only `window - 1` others come before it.",
        ),
        "one too few": (
            lambda n, window: band(n, 0, max(1, window - 1)),
            "Your rows hold one token too few: a window of 2 is the token itself *and* the one before it.",
        ),
        "not itself": (
            lambda n, window: band(n, 1, window + 1),
            "Your window ends before the token itself. The diagonal is allowed: it is the last place of the window.",
        ),
        "both sides": (
            lambda n, window: band(n, -window + 1, window),
            "Your window opens to both sides, so tokens see what comes after them. In a decoder it lies behind them.",
        ),
        "ahead": (
            lambda n, window: band(n, -window + 1, 1),
            "Your window lies ahead of the token. Rows are queries, columns are keys: key ≤ query.",
        ),
        "all of the past": (
            lambda n, window: band(n, 0, n),
            "This is the whole causal mask: `window` does nothing yet. How far may the key lie behind the query?",
        ),
    },
    hints=[
        "Draw it for four tokens and a window of 2. How many True are in each row?",
        "What counts is how far the key lies behind the query: `query - key`. Which values of it are allowed?",
        "`position = torch.arange(n)`, `back = position[:, None] - position`; then `(back >= 0) & (back < window)`.",
    ],
)
