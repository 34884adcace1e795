"""Exercise: one step of the online softmax."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.efficient.chunked import online_softmax_step


def returns_three_things(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 3:
        return "Return three things, in this order: the largest score, the sum of powers, the weighted sum of values."
    return None


def is_finite(trial):
    if any(torch.as_tensor(part).isnan().any() for part in trial.result):
        return f"Some of your numbers are NaN {trial.case}. Is inf - inf, or inf / inf, somewhere among the steps?"
    return None


def started(draw, queries, keys, width):
    """What is known after a first block."""
    scores, v = draw(queries, keys), draw(keys, width)
    largest = scores.amax(-1)
    powers = (scores - largest[:, None]).exp()
    return largest, powers.sum(-1), powers @ v


def nothing(queries, width):
    return torch.full((queries,), -math.inf), torch.zeros(queries), torch.zeros(queries, width)


def step(shrinks=("total", "summed"), new=True, inverted=False, forgets=False, mean=False):
    def mistaken(largest, total, summed, scores, v):
        here = scores.amax(-1)
        top = torch.maximum(largest, here)
        shrink = (largest - top).exp()
        if inverted:
            shrink = torch.where(largest.isinf(), torch.zeros_like(top), (top - largest).exp())
        if forgets:
            shrink = torch.zeros_like(shrink)
        powers = (scores - (top if new else here)[..., None]).exp()
        a = shrink if "total" in shrinks else torch.ones_like(shrink)
        b = shrink if "summed" in shrinks else torch.ones_like(shrink)
        total, summed = a * total + powers.sum(-1), b[..., None] * summed + powers @ v
        return top, total, summed / total[..., None] if mean else summed

    return mistaken


ONLINE_SOFTMAX = Exercise(
    key="online_softmax",
    title="One more block",
    task="Write `online_softmax_step(largest, total, summed, scores, v)`: take in one more block of "
    "keys and return the "
    "new largest score, sum of powers and weighted sum of values of each query.",
    difficulty=2,
    minutes=20,
    answer=online_softmax_step,
    cases={
        "for a first block": lambda draw: (*nothing(1, 2), draw(1, 2), draw(2, 2)),
        "for a second block with a larger score": lambda draw: (*started(draw, 2, 3, 2), draw(2, 3) + 4, draw(3, 2)),
        "for a second block with smaller scores": lambda draw: (*started(draw, 2, 3, 2), draw(2, 3) - 4, draw(3, 2)),
        "for blocks of different sizes": lambda draw: (*started(draw, 4, 3, 5), draw(4, 7), draw(7, 5)),
        "for scores near 1000": lambda draw: (*nothing(2, 3), draw(2, 3) + 1000, draw(3, 3)),
    },
    tests=[returns_three_things, is_finite],
    known_mistakes={
        "nothing shrinks": (
            step(shrinks=()),
            "What was summed before still stands for the *old* largest score. When that grows, both "
            "sums have to shrink "
            "by exp(old - new).",
        ),
        "only the values shrink": (
            step(shrinks=("summed",)),
            "The weighted sum shrinks, the sum of powers does not; then the shares no longer sum to 1.",
        ),
        "only the total shrinks": (
            step(shrinks=("total",)),
            "The sum of powers shrinks, the weighted sum of values does not. Both were made with the "
            "old largest score.",
        ),
        "grows instead": (
            step(inverted=True),
            "Your old sums *grow* when a larger score arrives. It is exp(old - new), never above 1.",
        ),
        "the block's own largest": (
            step(new=False),
            "The powers of this block are relative to its own largest score. Use the largest of all so far, for all.",
        ),
        "earlier blocks are dropped": (
            step(forgets=True),
            "This is the result for the last block alone: the sums that you were given do not come in.",
        ),
        "divided at once": (
            step(mean=True),
            "You divide the weighted sum by the sum of powers already. More blocks may come: divide once, at the end.",
        ),
        "two things": (
            lambda largest, total, summed, scores, v: step()(largest, total, summed, scores, v)[:2],
            "Return three things, in this order: the largest score, the sum of powers, the weighted sum of values.",
        ),
    },
    hints=[
        "Begin with the new largest score of each query: `torch.maximum` of the old one and of the block's, "
        "`scores.amax(dim=-1)`.",
        "The powers of this block are exp(scores - new largest). The old sums were made with exp(… - old largest): by "
        "which factor do they differ?",
        "`shrink = (largest - new_largest).exp()`. Both old sums are multiplied by it, then the block's are added.",
        "The sum of powers: `shrink * total + powers.sum(dim=-1)`; the weighted sum: "
        "`shrink[..., None] * summed + powers @ v`.",
    ],
)
