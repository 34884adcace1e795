"""Exercise: linear attention as a running sum."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
import torch.nn.functional as F

from llmcourse.course.exercise import Exercise
from llmcourse.model.efficient.linear import linear_attention


def shape(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != trial.expected.shape:
        found = tuple(trial.result.shape) if isinstance(trial.result, torch.Tensor) else type(trial.result).__name__
        return f"The output should have the shape {tuple(trial.expected.shape)} {trial.case}, and is {found}."
    return None


def the_future_changes_nothing(trial):
    q, k, v = trial.inputs
    n = q.shape[-2]
    if n < 2:
        return None
    later = trial.call(q, torch.cat([k[..., :-1, :], k[..., -1:, :] + 2], -2), v)
    if not torch.allclose(later[..., : n - 1, :], trial.result[..., : n - 1, :], atol=1e-4):
        return (
            f"Something leaks {trial.case}: the last key changes earlier outputs. The sum runs up to the token itself."
        )
    return None


def with_weights(feature=lambda x: F.elu(x) + 1, divide=True, diagonal=0, causal=True, once=False):
    def mistaken(q, k, v):
        q, k = (q if once else feature(q)), feature(k)
        weights = q @ k.mT
        weights = weights.tril(diagonal) if causal else weights
        if divide:
            weights = weights / weights.sum(-1, keepdim=True).clamp(min=1e-9)
        return weights @ v

    return mistaken


def divided_by_length(q, k, v):
    weights = ((F.elu(q) + 1) @ (F.elu(k) + 1).mT).tril()
    return weights @ v / torch.arange(1, q.shape[-2] + 1)[:, None]


def softmax_attention(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


LINEAR = Exercise(
    key="linear",
    title="A running sum",
    task="Write `linear_attention(q, k, v)`, causal, with φ(x) = elu(x) + 1: walk through the "
    "tokens and keep the sum of "
    "φ(k) vᵀ and the sum of φ(k).",
    difficulty=2,
    minutes=20,
    answer=linear_attention,
    cases={
        "for two tokens": lambda draw: (draw(2, 2), draw(2, 2), draw(2, 2)),
        "for one token": lambda draw: (draw(1, 3), draw(1, 3), draw(1, 2)),
        "for nine tokens": lambda draw: (draw(9, 4), draw(9, 4), draw(9, 3)),
        "for a batch of heads": lambda draw: (draw(2, 3, 6, 4), draw(2, 3, 6, 4), draw(2, 3, 6, 5)),
    },
    tests=[shape, the_future_changes_nothing],
    known_mistakes={
        "not divided": (
            with_weights(divide=False),
            "You do not divide: the output grows with every token. Divide by φ(q) · Σ φ(k), so that "
            "the shares sum to 1.",
        ),
        "divided by the length": (
            divided_by_length,
            "You divide by the number of tokens. The shares sum to 1 only if you divide by φ(q) · Σ φ(k).",
        ),
        "read before written": (
            with_weights(diagonal=-1),
            "Each token reads the sums before it has added to them, so it does not see itself. First write, then read.",
        ),
        "everything at once": (
            with_weights(causal=False),
            "Something leaks for two tokens: you sum over all tokens before the first one reads.",
        ),
        "φ of the keys only": (
            with_weights(once=True),
            "φ is missing on the queries: without it a share may be negative.",
        ),
        "relu": (
            with_weights(feature=F.relu),
            "Your φ is 0 below 0. Asked for is elu(x) + 1: x + 1 above 0, and exp(x) below.",
        ),
        "elu without 1": (
            with_weights(feature=F.elu),
            "Your φ is elu, which falls to -1. With 1 added it is never negative, as a share must be.",
        ),
        "softmax": (
            softmax_attention,
            "This is softmax attention, with all its pairs. Here φ(q) · φ(k) stands in the place of exp(q · k).",
        ),
    },
    hints=[
        "Two things are kept: a matrix `state`, d_head × d_value, and a vector `total`, d_head. Both begin at 0.",
        "At token t, add φ(k) vᵀ to the state, an outer product: `k[..., t, :, None] * v[..., t, "
        "None, :]`. Add φ(k) to "
        "`total`.",
        "Then read: `q[..., t, None, :] @ state` has one row, which `.squeeze(-2)` takes out. Divide it by "
        "`(q[..., t, :] * total).sum(-1, keepdim=True)`.",
        "Collect the outputs in a list, and `torch.stack(outputs, dim=-2)` at the end. φ(x) is `F.elu(x) + 1` with "
        "`torch.nn.functional` as F.",
    ],
)
