"""Exercise: she and he with the same chance, and nothing else changed."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.even_pronouns import share_evenly


def shape(trial):
    mine, right = trial.result, trial.expected
    if not isinstance(mine, torch.Tensor) or mine.shape != right.shape:
        return "Return logits of the same shape as those that came in."
    return None


def sums_stay(trial):
    logits, pairs, is_open = trial.inputs
    before, after = logits.softmax(-1), trial.result.softmax(-1)
    for she, he in pairs:
        if not torch.allclose(after[is_open, she], after[is_open, he], atol=1e-5):
            return f"In an open row the two do not get the same probability {trial.case}."
        moved = (before[:, [she, he]].sum(1) - after[:, [she, he]].sum(1)).abs().max()
        if moved > 1e-5:
            return f"Together the two had another probability before, by {moved:.3f} {trial.case}."
    return None


def variant(half=lambda a, b: torch.logaddexp(a, b) - math.log(2), everywhere=False):
    def answer(logits, pairs, is_open):
        even = logits.clone()
        for she, he in pairs:
            value = half(logits[:, she], logits[:, he])
            for token in (she, he):
                even[:, token] = value if everywhere else torch.where(is_open, value, logits[:, token])
        return even

    return answer


SHARE_EVENLY = Exercise(
    key="share_evenly",
    title="The same chance for both",
    task="Write `share_evenly(logits, pairs, is_open)`: in each open row, both tokens of a pair get half of what they "
    "have together; all other probabilities stay as they are.",
    difficulty=2,
    minutes=15,
    answer=share_evenly,
    cases={
        "for one open row of three words": lambda draw: (
            torch.tensor([[0.5, 0.3, 0.2]]).log(),
            [(0, 1)],
            torch.tensor([True]),
        ),
        "for an open and a closed row": lambda draw: (2 * draw(2, 5), [(1, 3)], torch.tensor([True, False])),
        "for two pairs": lambda draw: (3 * draw(4, 6), [(0, 5), (2, 4)], torch.tensor([True, True, False, True])),
    },
    tests=[shape, sums_stay],
    known_mistakes={
        "mean of the logits": (
            variant(half=lambda a, b: (a + b) / 2),
            "Both get the mean of the two *logits*. That is the geometric mean of the probabilities, and below half of "
            "their sum: some of it leaks to all other words. Take the mean of the probabilities.",
        ),
        "the larger for both": (
            variant(half=torch.maximum),
            "Both get the larger logit. Together they then have more than before, at the cost of all other words.",
        ),
        "in all rows": (
            variant(everywhere=True),
            "You even out every row. In a closed one the text has said who it is: after *Mia ... she*, a *he* would be "
            "wrong, and not fair.",
        ),
        "the sum, undivided": (
            variant(half=torch.logaddexp),
            "Both get the whole of what they had together, so together they have twice as much. Half of it is "
            "`- math.log(2)` in logits.",
        ),
    },
    hints=[
        "Adding probabilities is not adding logits: back to $e^{logit}$, add, and take the logarithm again.",
        "`torch.logaddexp(a, b)` does so without overflow. Half of a probability is its logarithm minus ln 2.",
        "`torch.where(is_open, half, logits[:, token])` leaves the closed rows alone.",
        "`half = torch.logaddexp(logits[:, she], logits[:, he]) - math.log(2)`, for both columns of a clone.",
    ],
)
