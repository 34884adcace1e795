"""Exercise: which weights stay when the smallest go."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.pruning import magnitude_mask

ROW_BY_ROW = (
    "You prune each row by itself. Then a large weight of a strong row goes, while a smaller one of a weak row stays: "
    "sort the whole matrix, `weight.abs().flatten()`."
)


def is_a_mask(trial):
    weight = trial.inputs[0]
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != weight.shape:
        return f"Return a tensor of the weight's shape, {tuple(weight.shape)}: a yes or no for each weight."
    if trial.result.dtype != torch.bool:
        return "Return booleans: True where a weight stays. A comparison gives them."
    return None


def so_many_go(trial):
    weight, share = trial.inputs
    gone, due = int((~trial.result).sum()), round(share * weight.numel())
    if gone == due:
        return None
    if torch.equal(trial.result, mask_with(invert=True)(weight, share)):
        return "True and False are exchanged: True means that a weight stays."
    if torch.equal(trial.result, threshold(weight, share)):
        return (
            "You compare with a threshold. Where several weights are of equal size, it lets too many go at once: sort, "
            "and take exactly so many places."
        )
    if torch.equal(trial.result, row_by_row(weight, share)):
        return ROW_BY_ROW
    return f"{gone} weights go {trial.case}, and {due} of {weight.numel()} should: exactly round(share · number)."


def the_smallest_go(trial):
    weight, share = trial.inputs
    size, stays = weight.abs(), trial.result
    if stays.all() or not stays.any() or size[~stays].max() <= size[stays].min():
        return None
    for mistake, words in (
        (mask_with(invert=True), "True and False are exchanged: True means that a weight stays."),
        (
            mask_with(key=lambda w: w),
            "You take the smallest *numbers*, so -0.9 goes before 0.1. What counts is the size: `weight.abs()`.",
        ),
        (
            mask_with(last=True),
            "You let the largest go. They carry most of what the matrix does; sort from small to large.",
        ),
        (row_by_row, ROW_BY_ROW),
    ):
        if torch.equal(stays, mistake(weight, share)):
            return words
    lost, kept = size[~stays].max(), size[stays].min()
    return f"A weight of size {lost:.2g} goes {trial.case}, while one of size {kept:.2g} stays."


def mask_with(key=lambda w: w.abs(), last=False, invert=False):
    def answer(weight, share):
        order = key(weight).flatten().argsort(stable=True, descending=last)
        mask = torch.ones(weight.numel(), dtype=torch.bool)
        mask[order[: round(share * weight.numel())]] = False
        mask = mask.view_as(weight)
        return ~mask if invert else mask

    return answer


def threshold(weight, share):
    count = round(share * weight.numel())
    if count == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    return weight.abs() > weight.abs().flatten().sort().values[count - 1]


def row_by_row(weight, share):
    mask = torch.ones_like(weight, dtype=torch.bool)
    count = round(share * weight.shape[1])
    return mask.scatter(1, weight.abs().argsort(dim=1)[:, :count], False)


def times_weight(weight, share):
    return weight * magnitude_mask(weight, share)


MAGNITUDE_MASK = Exercise(
    key="magnitude_mask",
    title="The smallest go",
    task="Write `magnitude_mask(weight, share)`: True where a weight stays. Of all weights of the matrix, exactly "
    "`round(share * weight.numel())` go, those nearest to 0.",
    difficulty=1,
    minutes=10,
    answer=magnitude_mask,
    compare=False,  # among equally small weights any may go
    cases={
        "for four weights by hand": lambda draw: (torch.tensor([[0.5, -0.1], [-0.3, 0.9]]), 0.25),
        "for a matrix of 5 × 8": lambda draw: (draw(5, 8), 0.3),
        "for rows of very different size": lambda draw: (draw(4, 6) * torch.tensor([[9.0], [1.0], [0.1], [3.0]]), 0.5),
        "for weights of equal size": lambda draw: (torch.tensor([[1.0, 1.0, -1.0], [1.0, -1.0, 1.0]]), 0.5),
        "for nothing to prune": lambda draw: (draw(3, 3), 0.0),
        "for everything": lambda draw: (draw(2, 3), 1.0),
    },
    tests=[is_a_mask, so_many_go, the_smallest_go],
    known_mistakes={
        "the pruned weights": (times_weight, "Return booleans: True where a weight stays."),
        "with the sign": (mask_with(key=lambda w: w), "You take the smallest *numbers*"),
        "the largest": (mask_with(last=True), "You let the largest go."),
        "the wrong way round": (mask_with(invert=True), "True and False are exchanged"),
        "a threshold": (threshold, "You compare with a threshold."),
        "row by row": (row_by_row, "You prune each row by itself."),
    },
    hints=[
        "What is small: 0.1 or -0.9? Sort by size, not by sign.",
        "`weight.abs().flatten().argsort()` lists the places, the smallest weight's first.",
        "Begin with a flat mask of True, and set the first `round(share * n)` of these places to False.",
        "`mask.view_as(weight)` brings it back to the shape of the matrix.",
    ],
)
