"""Exercise: back through attention."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import causal_mask, scaled_dot_product_attention
from llmcourse.training.backprop import attention_backward, softmax_backward


def returns_three(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 3:
        return "Return three gradients, in this order: `d_q, d_k, d_v`."
    return None


def shapes(trial):
    _, *inputs = trial.inputs
    for name, mine, right in zip(("d_q", "d_k", "d_v"), trial.result, inputs, strict=False):
        if mine.shape != right.shape:
            return f"{name} has the shape {tuple(mine.shape)} {trial.case}; a gradient has the shape of its own: \
{tuple(right.shape)}."
    return None


def one_is_wrong(trial):
    """Which of the three is not yet right: a help to find the line."""
    wrong = [
        name
        for name, mine, right in zip(("d_q", "d_k", "d_v"), trial.result, trial.expected, strict=True)
        if not torch.allclose(mine, right, atol=1e-4, rtol=1e-4)
    ]
    if wrong:
        return f"Not right yet {trial.case}: {', '.join(wrong)}. Write down the shapes of what you multiply."
    return None


def backward_with(scale=math.sqrt, softmax=True, masked=True, shared=True, first="q", through_values=True):
    """The backward pass with one thing changed, so that a mistake takes a line."""

    def backward(d_output, q, k, v, mask=None):
        _, weights = scaled_dot_product_attention(q, k, v, mask if masked else None)
        d_v = (weights if shared else torch.ones_like(weights)).mT @ d_output
        d_weights = d_output @ v.mT if through_values else d_output @ torch.ones_like(v).mT
        d_scores = softmax_backward(d_weights, weights) if softmax else d_weights * (weights > 0)
        d_scores = d_scores / scale(q.shape[-1])
        d_q, d_k = d_scores @ k, d_scores.mT @ q
        return (d_q, d_k, d_v) if first == "q" else (d_v, d_k, d_q)

    return backward


def of_the_weights_only(d_output, q, k, v, mask=None):
    _, weights = scaled_dot_product_attention(q, k, v, mask)
    d_scores = (d_output @ v.mT) * weights * (1 - weights) / math.sqrt(q.shape[-1])
    return d_scores @ k, d_scores.mT @ q, weights.mT @ d_output


def heads(draw, *shape, keys=None, width=4):
    """A gradient and q, k, v for so many queries and keys."""
    *batch, queries = shape
    keys = keys or queries
    return draw(*batch, queries, width), draw(*batch, queries, 4), draw(*batch, keys, 4), draw(*batch, keys, width)


ATTENTION_BACKWARD = Exercise(
    key="attention_backward",
    title="Back through attention",
    task="Write `attention_backward(d_output, q, k, v, mask=None)`: it returns `d_q, d_k, d_v`. Use no autograd; "
    "`scaled_dot_product_attention(q, k, v, mask)` gives you the output and the weights, and `softmax_backward` the "
    "way back through a softmax.",
    difficulty=3,
    minutes=20,
    answer=attention_backward,
    tolerance=1e-4,
    cases={
        "for two tokens": lambda draw: heads(draw, 2),
        "for a sentence of five": lambda draw: heads(draw, 5),
        "for two queries and six keys": lambda draw: heads(draw, 2, keys=6, width=3),
        "for a batch of heads": lambda draw: heads(draw, 2, 3, 5),
        "with a causal mask": lambda draw: (*heads(draw, 5), causal_mask(5)),
        "with a causal mask for a batch of heads": lambda draw: (*heads(draw, 2, 3, 4), causal_mask(4)),
    },
    tests=[returns_three, shapes, one_is_wrong],
    known_mistakes={
        "not scaled": (
            backward_with(scale=lambda width: 1.0),
            "d_q and d_k are √d_head times too large: the scores were divided on the way in, so their gradient is "
            "divided on the way back.",
        ),
        "divided by d_head": (
            backward_with(scale=float),
            "You divide by d_head; on the way in it was its square root.",
        ),
        "no softmax": (
            backward_with(softmax=False),
            "You take the gradient of the weights for that of the scores. Between the two lies the softmax.",
        ),
        "each weight by itself": (
            of_the_weights_only,
            "w (1 - w) treats every weight by itself, but they share a sum of 1. Use `softmax_backward`.",
        ),
        "mask ignored": (
            backward_with(masked=False),
            "Without a mask it is right. With one, your weights are not those of the way in: hand `mask` on.",
        ),
        "values and queries exchanged": (
            backward_with(first="v"),
            "All three are there, in the wrong order: `d_q, d_k, d_v`.",
        ),
        "values left out": (
            backward_with(through_values=False),
            "d_v is right. But how much a weight matters depends on the *value* that it fetches: d_weights is "
            "`d_output @ v.mT`.",
        ),
        "values unweighted": (
            backward_with(shared=False),
            "d_q and d_k are right. Your d_v gives every value the whole of `d_output`; it should get the share that "
            "was taken of it.",
        ),
    },
    hints=[
        "Go the way of the formula backwards: output, weights, scores, and then q and k. d_v branches off at the first "
        "product.",
        "A product y = a b hands back d_a = d_y bᵀ and d_b = aᵀ d_y. The output is `weights @ v`: so d_weights is "
        "`d_output @ v.mT` and d_v is `weights.mT @ d_output`.",
        "d_scores is `softmax_backward(d_weights, weights) / math.sqrt(q.shape[-1])`. A hidden key has the weight 0, "
        "so the mask needs nothing more.",
        "The scores are `q @ k.mT`: d_q is `d_scores @ k`, and d_k is `d_scores.mT @ q`.",
    ],
)
