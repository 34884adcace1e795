"""Exercise: scaled dot-product attention."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import causal_mask, scaled_dot_product_attention


def returns_output_and_weights(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two things, in this order: the output and the weights."
    return None


def shapes(trial):
    for name, mine, right in zip(("output", "weights"), trial.result, trial.expected, strict=True):
        if mine.shape != right.shape:
            found = f"The {name} has the shape {tuple(mine.shape)} {trial.case}, and should have {tuple(right.shape)}."
            return f"{found} The output has a row for each query; so have the weights, with a column for each key."
    return None


def weights_are_shares(trial):
    _, weights = trial.result
    if weights.isnan().any() or (weights < 0).any():
        return f"Weights are shares between 0 and 1; some of yours are negative or NaN {trial.case}."
    sums = weights.sum(-1)
    if not torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
        return f"Each row of weights should sum to 1; the first one sums to {sums.flatten()[0]:.3g} {trial.case}."
    return None


def hidden_tokens_change_nothing(trial):
    """Change a key and a value: the output may not change for those queries from which the mask hides them."""
    q, k, v, *mask = trial.inputs
    for hidden in range(k.shape[-2]) if mask else []:
        other_k, other_v = k.clone(), v.clone()
        other_k[..., hidden, :] += 3
        other_v[..., hidden, :] += 3
        output, _ = trial.call(q, other_k, other_v, *mask)
        blind = ~mask[0][:, hidden]
        if not torch.allclose(output[..., blind, :], trial.result[0][..., blind, :], atol=1e-4):
            return f"Something leaks {trial.case}: token {hidden} changes the output of tokens that may not see it."
    return None


def output_is_a_mean_of_values(trial):
    output, weights = trial.result
    if not torch.allclose(output, weights @ trial.inputs[2], atol=1e-4):
        return "The output is not the mean of the values by the weights that you return. Is it `weights @ v`?"
    return None


def attention_with(divide_by=None, dim=-1, hidden=-math.inf, invert=False, mean_of="v", swap=False):
    """Attention with one thing changed, so that a mistake takes a line."""

    def attention(q, k, v, mask=None):
        scores = q @ k.mT / (divide_by(q, k) if divide_by else math.sqrt(q.shape[-1]))
        if mask is not None and hidden is not None:
            scores = scores.masked_fill(mask if invert else ~mask, hidden)
        weights = scores.softmax(dim)
        output = weights @ {"q": q, "k": k, "v": v}[mean_of]
        return (weights, output) if swap else (output, weights)

    return attention


def attention_masked_too_late(q, k, v, mask=None):
    weights = (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1)
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


def attention_scaled_too_late(q, k, v, mask=None):
    scores = q @ k.mT if mask is None else (q @ k.mT).masked_fill(~mask, -math.inf)
    weights = scores.softmax(-1) / math.sqrt(q.shape[-1])
    return weights @ v, weights


def attention_without_softmax(q, k, v, mask=None):
    weights = q @ k.mT / math.sqrt(q.shape[-1])
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


ATTENTION = Exercise(
    key="attention",
    title="Scaled dot-product attention",
    task="Write `scaled_dot_product_attention(q, k, v, mask=None)`: it returns the output and the weights; `mask` is "
    "True where attention is allowed.",
    difficulty=2,
    minutes=20,
    answer=scaled_dot_product_attention,
    cases={
        "for two tokens": lambda draw: (torch.eye(2), torch.eye(2), torch.tensor([[1.0, 2.0], [3.0, 4.0]])),
        "for a sentence of five": lambda draw: (draw(5, 4), draw(5, 4), draw(5, 4)),
        "for two queries and six keys": lambda draw: (draw(2, 4), draw(6, 4), draw(6, 3)),
        "for a batch of heads": lambda draw: (draw(2, 3, 5, 4), draw(2, 3, 5, 4), draw(2, 3, 5, 4)),
        "for large scores": lambda draw: (50 * draw(3, 4), 50 * draw(3, 4), draw(3, 4)),
        "with a causal mask": lambda draw: (draw(5, 4), draw(5, 4), draw(5, 4), causal_mask(5)),
        "with a causal mask for a batch of heads": lambda draw: (
            *(draw(2, 3, 4, 8) for _ in range(3)),
            causal_mask(4),
        ),
        "with a mask that hides the middle token": lambda draw: (
            *(draw(3, 4) for _ in range(3)),
            torch.tensor([[True, False, True]] * 3),
        ),
    },
    tests=[
        returns_output_and_weights,
        shapes,
        weights_are_shares,
        hidden_tokens_change_nothing,
        output_is_a_mean_of_values,
    ],
    known_mistakes={
        "shares over the queries": (
            attention_with(dim=-2),
            "Your weights sum to 1 over the queries (down each column), not over the keys (along each row). Each "
            "query has one whole to share among the keys: along which dimension should softmax run?",
        ),
        "not scaled": (
            attention_with(divide_by=lambda q, k: 1),
            "The scores are not scaled, so the largest takes nearly everything. What has to be divided by √d_head?",
        ),
        "divided by d_head": (
            attention_with(divide_by=lambda q, k: q.shape[-1]),
            "You divide the scores by d_head itself, which makes all weights nearly equal. It is its square root.",
        ),
        "scaled by the number of keys": (
            attention_with(divide_by=lambda q, k: math.sqrt(k.shape[-2])),
            "You scale by the number of keys. The scores grow with the *width* of a query, its last dimension.",
        ),
        "scaled after softmax": (
            attention_scaled_too_late,
            "You divide after the softmax, and the weights no longer sum to 1. Scale the scores, before the softmax.",
        ),
        "no softmax": (
            attention_without_softmax,
            "Your weights are the bare scores; some are negative. Which function turns a row of scores into shares?",
        ),
        "mask ignored": (
            attention_with(hidden=None),
            "Without a mask it is right. With one, the tokens still see everything: `mask` is not used.",
        ),
        "mask inverted": (
            attention_with(invert=True),
            "You hide what the mask allows, and allow what it hides. `mask` is True where attention is *allowed*.",
        ),
        "masked with 0": (
            attention_with(hidden=0.0),
            "You set the hidden scores to 0. But exp(0) is 1, so they still get a share. Which score gets a share of "
            "0?",
        ),
        "masked after softmax": (
            attention_masked_too_late,
            "You mask the weights, after the softmax, so those that remain sum to less than 1. Mask the scores, "
            "before.",
        ),
        "mean of the keys": (
            lambda q, k, v, mask=None: attention_with(mean_of="k")(q, k, v, mask),
            "Your output is a mean of the keys. Keys only decide *where* to look; what is fetched there are the "
            "values.",
        ),
        "output and weights exchanged": (
            attention_with(swap=True),
            "Both are there, in the wrong order: return the output first and the weights second.",
        ),
        "only the output": (
            lambda q, k, v, mask=None: attention_with()(q, k, v, mask)[0],
            "Return two things, in this order: the output and the weights.",
        ),
    },
    hints=[
        "Three steps: scores (how well does each query fit each key?), weights (shares of 1), output (a mean of the "
        "values).",
        "The scores of all queries with all keys are one matrix product, `q @ k.mT`; `.mT` exchanges the last two "
        "dimensions, whatever stands before them. Then divide by the square root of the width.",
        "Where `mask` is False, put -inf in the place of the score: `scores.masked_fill(~mask, -math.inf)`. Only if "
        "there is a mask, and before the softmax.",
        "`weights = scores.softmax(dim=-1)`, and the output is `weights @ v`. Return both.",
    ],
)
