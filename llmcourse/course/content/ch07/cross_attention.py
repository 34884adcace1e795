"""Exercise: cross-attention."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.cross_attention import cross_attention


def returns_output_and_weights(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two things, in this order: the output and the weights."
    return None


def a_row_for_each_who_writes_a_column_for_each_who_was_read(trial):
    _, weights = trial.result
    wanted = (*trial.inputs[0].shape[:-1], trial.inputs[1].shape[-2])
    if tuple(weights.shape) != wanted:
        return (
            f"The weights have the shape {tuple(weights.shape)} {trial.case}, and should have {wanted}: a row for each "
            "token of `x`, a column for each token of `memory`."
        )
    return None


def nothing_is_nan(trial):
    if any(part.isnan().any() for part in trial.result):
        return f"There is NaN in the result {trial.case}."
    return None


def attention_of(q_from="x", k_from="m", v_from="m", width=lambda q, m: q.shape[-1], dim=-1, hidden=True, late=False,
                 empty=0.0):  # fmt: skip
    """Cross-attention with one thing changed, so that a mistake takes a line."""

    def attention(x, memory, w_q, w_k, w_v, mask=None):
        text = {"x": x, "m": memory}
        q, k, v = text[q_from] @ w_q, text[k_from] @ w_k, text[v_from] @ w_v
        scores = q @ k.mT / math.sqrt(width(q, memory))
        mask = mask if hidden else None
        if mask is not None and not late:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = scores.softmax(dim)
        weights = weights.nan_to_num(empty) if empty is not None else weights
        if mask is not None and late:
            weights = weights * mask
        return weights @ v, weights

    return attention


def bare_memory(x, memory, w_q, w_k, w_v, mask=None):
    _, weights = attention_of()(x, memory, w_q, w_k, w_v, mask)
    return weights @ memory, weights


def inputs(draw, *batch, n=3, m=5, mask=None):
    """As many numbers for the two texts, and a width that is the same everywhere: a mistake should give numbers."""
    made = (draw(*batch, n, 4), draw(*batch, m, 4), *(draw(4, 4) for _ in range(3)))
    return made if mask is None else (*made, mask)


CROSS_ATTENTION = Exercise(
    key="cross_attention",
    title="Cross-attention",
    task="Write `cross_attention(x, memory, w_q, w_k, w_v, mask=None)`: who writes (`x`) asks, who was read (`memory`) "
    "answers; it returns the output and the weights. A query that may look at nothing gets zeros.",
    difficulty=2,
    minutes=15,
    answer=cross_attention,
    cases={
        "for two words written and two read": lambda draw: (
            torch.eye(2),
            2 * torch.eye(2),
            torch.tensor([[0.0, 1.0], [1.0, 0.0]]),
            torch.eye(2),
            10 * torch.eye(2),
        ),
        "for three words written and five read": inputs,
        "for as many written as read": lambda draw: inputs(draw, n=4, m=4),
        "for a batch of two": lambda draw: inputs(draw, 2, n=4, m=4),
        "with padding among what was read": lambda draw: inputs(
            draw, 2, n=4, m=4, mask=torch.tensor([[[True, True, False, False]], [[True, True, True, True]]])
        ),
        "with a mask that hides everything from one text": lambda draw: inputs(
            draw, 2, n=4, m=4, mask=torch.tensor([[[True, True, True, False]], [[False, False, False, False]]])
        ),
    },
    tests=[returns_output_and_weights, a_row_for_each_who_writes_a_column_for_each_who_was_read, nothing_is_nan],
    known_mistakes={
        "self-attention": (
            attention_of(k_from="x", v_from="x"),
            "`memory` is not used: queries, keys and values all come from `x`. That is self-attention. Which two of "
            "the three come from the text that was read?",
        ),
        "roles exchanged": (
            attention_of(q_from="m", k_from="x", v_from="x"),
            "The roles are exchanged: your queries come from `memory`. It is the writer who has a question, and the "
            "output needs a row for each token of `x`.",
        ),
        "only the output": (
            lambda *inputs: attention_of()(*inputs)[0],
            "Return two things, in this order: the output and the weights.",
        ),
        "the memory itself": (
            bare_memory,
            "The weights are right, but your output is a mean of the memory itself. What is fetched are the *values*, "
            "`memory @ w_v`.",
        ),
        "not scaled": (
            attention_of(width=lambda q, m: 1),
            "The scores are not divided by √d_head, the width of a query, as in chapter 04.",
        ),
        "shares over the queries": (
            attention_of(dim=-2),
            "Your weights sum to 1 down the columns. Each writer has one whole to share out among those who were read: "
            "along the rows.",
        ),
        "mask ignored": (
            attention_of(hidden=False),
            "Without a mask it is right. With one, padding is still looked at: `mask` is not used.",
        ),
        "masked too late": (
            attention_of(late=True),
            "You mask the weights, after the softmax, and what remains sums to less than 1. Mask the scores.",
        ),
        "NaN": (
            attention_of(empty=None),
            "Right, until a mask hides everything: then all scores are -inf, the softmax divides 0 by 0, and the NaN "
            "spreads through the model. Turn it into 0.",
        ),
    },
    hints=[
        "It is the attention of chapter 04. Only where queries, keys and values come from is new: one of them is made "
        "of `x`, two of `memory`.",
        "`q = x @ w_q`; `k` and `v` in the same way of `memory`. Then scores, softmax along the last dimension, mean.",
        "Put -inf where `mask` is False, before the softmax: `scores.masked_fill(~mask, -math.inf)`. If there is one.",
        "A row of nothing but -inf gives NaN. `torch.nan_to_num(weights)` makes zeros of it.",
    ],
)
