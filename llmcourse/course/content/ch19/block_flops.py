"""Exercise: the operations of a block."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.flops import block_flops
from llmcourse.course.exercise import Exercise


def is_whole(trial):
    if isinstance(trial.result, float) and not trial.result.is_integer():
        return "Operations are counted in whole numbers."
    return None


BLOCK_FLOPS = Exercise(
    key="block_flops",
    title="The operations of a block",
    task="Write `block_flops(tokens, d_model, d_ff)`: the operations of a block's forward pass over one text, "
    "counting the matrix products only.",
    difficulty=1,
    minutes=10,
    answer=block_flops,
    cases={
        "for one token, two dimensions": lambda draw: (1, 2, 8),
        "for five tokens": lambda draw: (5, 4, 16),
        "for a narrow feed-forward layer": lambda draw: (7, 6, 3),
        "for GPT-2": lambda draw: (1024, 768, 3072),
    },
    tests=[is_whole],
    known_mistakes={
        "a multiplication and an addition as one": (
            lambda t, d, f: t * (4 * d * d + 2 * d * f) + 2 * t * t * d,
            "Exactly half. In a product of matrices each number is multiplied *and* added: two operations.",
        ),
        "no attention": (
            lambda t, d, f: 2 * t * (4 * d * d + 2 * d * f),
            "These are the products with the weights. Two more have no weights at all: queries with keys, and the "
            "attention weights with the values.",
        ),
        "scores only": (
            lambda t, d, f: 2 * t * (4 * d * d + 2 * d * f) + 2 * t * t * d,
            "You counted the scores, and not the second product: the attention weights with the values. It is as "
            "large as the first.",
        ),
        "attention by the token": (
            lambda t, d, f: 2 * t * (4 * d * d + 2 * d * f) + 4 * t * d,
            "In attention each of the T tokens meets all T of them: that part grows with the square of T.",
        ),
        "three projections": (
            lambda t, d, f: 2 * t * (3 * d * d + 2 * d * f) + 4 * t * t * d,
            "Queries, keys and values make three projections; the output projection is the fourth.",
        ),
        "up and not down": (
            lambda t, d, f: 2 * t * (4 * d * d + d * f) + 4 * t * t * d,
            "A feed-forward layer goes up to d_ff *and* down again: two matrices.",
        ),
        "the causal half": (
            lambda t, d, f: 2 * t * (4 * d * d + 2 * d * f) + 2 * t * (t + 1) * d,
            "You leave out what the mask hides. A kernel may do so, and would need no more; but our products are made "
            "whole and masked afterwards, and they are counted as they are made.",
        ),
    },
    hints=[
        "How many weights does a block have? Each token meets each of them once: a multiplication and an addition.",
        "The weights are four matrices d × d and two d × d_ff. That makes 2·T·(4·d² + 2·d·d_ff).",
        "The scores are a product of T × d with d × T: 2·T·d·T operations, over all heads together.",
        "The weighted sum of values is a product of T × T with T × d: as many again. Add 4·T²·d.",
    ],
)
