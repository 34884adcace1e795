"""Exercise: one mask that is all three."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.masks import prefix_mask


def is_a_square_of_booleans(trial):
    n = trial.inputs[1]
    mask = trial.result
    if isinstance(mask, torch.Tensor) and mask.shape == (n, n) and mask.dtype != torch.bool:
        return f"Your mask holds {str(mask.dtype).removeprefix('torch.')}; asked for are booleans, True where allowed."
    return None


def the_future_stays_hidden(trial):
    n_prefix, n = trial.inputs
    ahead = torch.ones(n, n, dtype=torch.bool).triu(1)
    ahead[:, :n_prefix] = False
    leaks = (trial.result & ahead).nonzero().tolist()
    if leaks:
        row, column = leaks[0]
        return f"With a prefix of {n_prefix} of {n}, token {row} sees token {column}, which is not written yet."
    return None


def grid(n):
    """The numbers of the queries, upright, and of the keys, lying."""
    return torch.arange(n)[:, None], torch.arange(n)


def with_rule(rule):
    return lambda n_prefix, n: rule(*grid(n), n_prefix)


PREFIX_MASK = Exercise(
    key="prefix_mask",
    title="One mask that is all three",
    task="Write `prefix_mask(n_prefix, n)`: n × n booleans, True where the token of the row may look at the token of "
    "the column. Everybody may look at the first `n_prefix` tokens; else a token sees itself and what is before it.",
    difficulty=1,
    minutes=10,
    answer=prefix_mask,
    cases={
        "for two tokens read and two written": lambda draw: (2, 4),
        "for nothing read": lambda draw: (0, 3),
        "for nothing written": lambda draw: (3, 3),
        "for one token": lambda draw: (1, 1),
        "for three of seven": lambda draw: (3, 7),
    },
    tests=[is_a_square_of_booleans, the_future_stays_hidden],
    known_mistakes={
        "causal only": (
            with_rule(lambda q, k, p: k <= q),
            "This is the causal mask, whatever the prefix. The tokens that are read should see each other both ways.",
        ),
        "everything": (
            with_rule(lambda q, k, p: (k <= q) | (q >= 0)),
            "Every token sees every other one, so those that are written can be read off before they are written.",
        ),
        "rows instead of columns": (
            with_rule(lambda q, k, p: (k <= q) | (q < p)),
            "You open the *rows* of the prefix: its tokens then see the whole text, also what is not written yet. What "
            "everybody may look at are its *columns*.",
        ),
        "two islands": (
            with_rule(lambda q, k, p: ((k < p) & (q < p)) | ((k >= p) & (q >= p) & (k <= q))),
            "The written tokens do not see the prefix, so it was read for nothing: each of them may look at all of it.",
        ),
        "one too many": (
            with_rule(lambda q, k, p: (k <= q) | (k <= p)),
            "Your prefix is one token too long: of tokens counted from 0, the first p are those with a number below p.",
        ),
        "the wrong way round": (
            with_rule(lambda q, k, p: ~((k <= q) | (k < p))),
            "The wrong way round: yours is True where looking is forbidden. In this course True means allowed.",
        ),
        "not oneself": (
            with_rule(lambda q, k, p: (k < q) | (k < p)),
            "A written token does not see itself in your mask. The diagonal is allowed.",
        ),
        "numbers": (
            with_rule(lambda q, k, p: ((k <= q) | (k < p)).float()),
            "The right places, but as the numbers 1 and 0. Masks are booleans here: `~` and `&` need them.",
        ),
    },
    hints=[
        "Draw it for four tokens, two of them read. How many of the 16 cells are True? (Twelve.)",
        "A cell is True for one of two reasons: the key stands in the prefix, or it does not come after the query. "
        "Which sign joins two conditions on tensors?",
        "`key = torch.arange(n)` lies, `query = torch.arange(n)[:, None]` stands upright; `key <= query` is the causal "
        "mask. Join it by `|` with the condition that `key` is below `n_prefix`.",
    ],
)
