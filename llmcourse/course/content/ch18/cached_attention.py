"""Exercise: a head of attention that reads a text in pieces."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import causal_mask, scaled_dot_product_attention
from llmcourse.model.cached_attention import cached_attention


def returns_three(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 3:
        return (
            "Return three things, in this order: the output at the new tokens, all keys so far, and all values so far."
        )
    return None


def shapes(trial):
    for name, mine, right in zip(("output", "keys", "values"), trial.result, trial.expected, strict=True):
        if mine.shape != right.shape:
            return (
                f"The {name} {'has' if name == 'output' else 'have'} the shape {tuple(mine.shape)} {trial.case}; it "
                f"should be {tuple(right.shape)}. There is an output for each new token, and a key and a value for "
                "each token so far."
            )
    return None


def with_change(order="old first", shown="all", returned="all", mask="right", value_from="v"):
    """Attention with a cache, with one thing changed."""

    def cached(x, w_q, w_k, w_v, keys, values):
        new_k, new_v = x @ w_k.T, x @ (w_k if value_from == "k" else w_v).T
        both = (lambda old, new: [old, new]) if order == "old first" else (lambda old, new: [new, old])
        all_k, all_v = torch.cat(both(keys, new_k)), torch.cat(both(values, new_v))
        k, v = {"all": (all_k, all_v), "old": (keys, values), "new": (new_k, new_v)}[shown]
        n, m = len(x), len(k)
        masks = {
            "right": lambda: causal_mask(n, m) if m >= n else torch.ones(n, m, dtype=torch.bool),
            "none": lambda: None,
            "from the first": lambda: torch.ones(n, m, dtype=torch.bool).tril(),
        }
        output, _ = scaled_dot_product_attention(x @ w_q.T, k, v, masks[mask]())
        return (output, all_k, all_v) if returned == "all" else (output, new_k, new_v)

    return cached


def piece(n_new, n_old, d_model=6, d_head=4):
    return lambda draw: (
        draw(n_new, d_model),
        draw(d_head, d_model),
        draw(d_head, d_model),
        draw(d_head, d_model),
        draw(n_old, d_head),
        draw(n_old, d_head),
    )


CACHED_ATTENTION = Exercise(
    key="cached_attention",
    title="Attention with a cache",
    task="Write `cached_attention(x, w_q, w_k, w_v, keys, values)`: the output at the new tokens `x`, and the keys and "
    "values of all tokens so far.",
    difficulty=2,
    minutes=15,
    answer=cached_attention,
    cases={
        "for one new token after three": piece(1, 3),
        "for the first token, with nothing before it": piece(1, 0),
        "for a prompt of four, with nothing before it": piece(4, 0),
        "for three new tokens after five": piece(3, 5),
    },
    tests=[returns_three, shapes],
    known_mistakes={
        "new ones first": (
            with_change(order="new first"),
            "You put the new keys in front of the old ones. The order is that of the text: old ones first. (The mask "
            "of several new tokens depends on it, and so does everybody who appends to it next.)",
        ),
        "blind to the new": (
            with_change(shown="old"),
            "Your new tokens see only what was in the cache. A token sees itself, too: append first, then attend.",
        ),
        "blind to the old": (
            with_change(shown="new"),
            "Your new tokens see only each other. The cache is there so that their queries meet the *old* keys as "
            "well.",
        ),
        "only the new handed on": (
            with_change(returned="new"),
            "You return only the new keys and values. What you return is the cache of the next step: it needs them "
            "all.",
        ),
        "no mask": (
            with_change(mask="none"),
            "Right for a single new token, which may see everything. But of several new ones the first may not see the "
            "last: a mask is missing.",
        ),
        "mask from the first position": (
            with_change(mask="from the first"),
            "Your mask takes the new tokens for the *first* ones of the text: the first of them sees a single key. "
            "They are the last; `causal_mask(n, n_keys)` knows.",
        ),
        "keys as values": (
            with_change(value_from="k"),
            "You append the new keys to the values. Values have a matrix of their own, `w_v`.",
        ),
    },
    hints=[
        "Only the new tokens go through the matrices: `x @ w_k.T` gives their keys. Those of the old ones are there.",
        "`torch.cat([keys, x @ w_k.T])` are all keys, in the order of the text. The same for the values.",
        "Queries are needed of the new tokens only. As many queries as new tokens, as many keys as tokens in all: "
        "which mask fits?",
        "`causal_mask(len(x), len(keys))`, with the longer `keys`; then `scaled_dot_product_attention` as in chapter "
        "04.",
    ],
)
