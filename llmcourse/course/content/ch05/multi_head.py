"""Exercise: multi-head attention from its parts."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import scaled_dot_product_attention
from llmcourse.model.heads import merge_heads, split_heads
from llmcourse.model.masks import causal_mask, padding_mask
from llmcourse.model.multihead import multi_head_attention


def matrices(draw, width):
    return [draw(width, width) / math.sqrt(width) for _ in range(4)]


def shape_stays(trial):
    x = trial.inputs[0]
    if trial.result.shape != x.shape:
        return f"The output has the shape {tuple(trial.result.shape)}; it should be as x came in, {tuple(x.shape)}."
    return None


def hidden_tokens_change_nothing(trial):
    x, *weights, n_heads, mask = trial.inputs if len(trial.inputs) == 7 else (*trial.inputs, None)
    if mask is None:
        return None
    full = mask.expand(len(x), x.shape[1], x.shape[1])
    for hidden in range(x.shape[1]):
        other = x.clone()
        other[:, hidden] += 3
        blind = ~full[:, :, hidden]
        blind[:, hidden] = False  # its own output changes with its own query
        moved = (trial.call(other, *weights, n_heads, mask) - trial.result).abs().amax(-1) > 1e-4
        if (moved & blind).any():
            return f"Something leaks {trial.case}: token {hidden} changes the output of tokens that may not see it."
    return None


def multi_head(
    split=split_heads, merge=merge_heads, divide_by=None, project=lambda x, w: x @ w.T, use_mask=True, mix=True
):
    """Multi-head attention with one thing changed, so that a mistake takes a line."""

    def attention(x, w_q, w_k, w_v, w_o, n_heads, mask=None):
        q, k, v = (split(project(x, w), n_heads) for w in (w_q, w_k, w_v))
        if divide_by:
            q = q * math.sqrt(q.shape[-1]) / divide_by(x, q)
        z, _ = scaled_dot_product_attention(q, k, v, mask.unsqueeze(-3) if use_mask and mask is not None else None)
        z = merge(z)
        return project(z, w_o) if mix else z

    return attention


def cut_across(x, n_heads):
    return x.reshape(x.shape[0], n_heads, x.shape[1], x.shape[2] // n_heads)


def values_unsplit(x, w_q, w_k, w_v, w_o, n_heads, mask=None):
    """The mean of the heads' weights, used on whole values."""
    q, k = (split_heads(x @ w.T, n_heads) for w in (w_q, w_k))
    _, weights = scaled_dot_product_attention(q, k, k, None if mask is None else mask.unsqueeze(-3))
    return weights.mean(dim=1) @ (x @ w_v.T) @ w_o.T


MULTI_HEAD = Exercise(
    key="multi_head",
    title="Multi-head attention",
    task="Write `multi_head_attention(x, w_q, w_k, w_v, w_o, n_heads, mask=None)`: project, split, attend in every "
    "head, put side by side, mix.",
    difficulty=2,
    minutes=20,
    answer=multi_head_attention,
    cases={
        "for three tokens and two heads": lambda draw: (draw(1, 3, 4), *matrices(draw, 4), 2),
        "for one head": lambda draw: (draw(2, 4, 6), *matrices(draw, 6), 1),
        "for a batch and four heads": lambda draw: (draw(3, 5, 16), *matrices(draw, 16), 4),
        "with a causal mask": lambda draw: (draw(2, 5, 8), *matrices(draw, 8), 2, causal_mask(5)),
        "with a padding mask": lambda draw: (
            draw(2, 4, 8),
            *matrices(draw, 8),
            4,
            padding_mask(torch.tensor([[5, 3, 9, 4], [7, 2, 0, 0]])),
        ),
    },
    tests=[shape_stays, hidden_tokens_change_nothing],
    known_mistakes={
        "cut across the tokens": (
            multi_head(split=cut_across, merge=lambda z: z.reshape(z.shape[0], z.shape[2], -1)),
            "Your heads are cut across the tokens (a `view` or `reshape` without a `transpose`): each sees whole "
            "vectors of some tokens in place of slices of all. Use `split_heads`.",
        ),
        "merged across the tokens": (
            multi_head(merge=lambda z: z.reshape(z.shape[0], z.shape[2], -1)),
            "Rightly split and attended, but put together in the wrong order: the heads have to move back behind the "
            "positions before they are joined. Use `merge_heads`.",
        ),
        "scaled by d_model": (
            multi_head(divide_by=lambda x, q: math.sqrt(x.shape[-1])),
            "Your scores are divided by the square root of the whole width. A head's dot product has d_head terms.",
        ),
        "one head": (
            multi_head(split=lambda x, n_heads: x.unsqueeze(1)),
            "This is attention with a single head as wide as the model: `n_heads` is not used.",
        ),
        "not mixed": (
            multi_head(mix=False),
            "The heads stand side by side, but nothing has mixed them: `w_o` is not used.",
        ),
        "matrices not transposed": (
            multi_head(project=lambda x, w: x @ w),
            "You compute `x @ w`. The matrices are those of `nn.Linear`, a row for each output: `x @ w.T`.",
        ),
        "mask ignored": (
            multi_head(use_mask=False),
            "Without a mask it is right. With one, the tokens still see everything: `mask` is not used.",
        ),
        "one weight for all heads": (
            values_unsplit,
            "You take the mean of the heads' weights. Then all heads look at the same places, and nothing is gained: "
            "each head needs its own weights for its own slice of the values.",
        ),
    },
    hints=[
        "You have all parts: `split_heads`, `scaled_dot_product_attention`, `merge_heads`. Three matrices come before "
        "them, one after.",
        "`q = split_heads(x @ w_q.T, n_heads)`, and the same for k and v. The attention function takes no notice of "
        "dimensions in front, so it does all heads of all texts at once.",
        "The mask has no dimension for the heads. `mask.unsqueeze(-3)` makes room for one: (query, key) becomes (1, "
        "query, key), and (batch, query, key) becomes (batch, 1, query, key).",
        "`z, _ = scaled_dot_product_attention(q, k, v, mask)`; return `merge_heads(z) @ w_o.T`.",
    ],
)
