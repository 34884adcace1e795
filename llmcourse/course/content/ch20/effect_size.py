"""Exercise: how far two sets of words lie apart, in standard deviations."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.association import effect_size
from llmcourse.course.exercise import Exercise


def one_number(trial):
    result = trial.result
    if isinstance(result, torch.Tensor) and result.numel() > 1:
        return "Return one number: the difference of the two means over the standard deviation."
    return None


def variant(spread=lambda x, y: torch.cat([x, y]).std(), difference=lambda x, y: x.mean() - y.mean()):
    return lambda x, y: (difference(x, y) / spread(x, y)).item()


EFFECT_SIZE = Exercise(
    key="effect_size",
    title="The effect size of an association",
    task="Write `effect_size(x, y)`: the difference of the two sets' means, divided by the standard deviation of all "
    "their associations together.",
    difficulty=1,
    minutes=10,
    answer=effect_size,
    cases={
        "for two words against two, by hand": lambda draw: (torch.tensor([3.0, 1.0]), torch.tensor([0.0, -2.0])),
        "for three against three": lambda draw: (draw(3) + 1, draw(3)),
        "for four against seven": lambda draw: (draw(4), draw(7) + 0.5),
    },
    tests=[one_number],
    known_mistakes={
        "not divided": (
            variant(spread=lambda x, y: torch.tensor(1.0)),
            "You return the difference of the means as it is. Divide it by the standard deviation, or it depends on "
            "how long a scale the cosines happen to use.",
        ),
        "variance": (
            variant(spread=lambda x, y: torch.cat([x, y]).var()),
            "You divide by the variance. The standard deviation is its square root.",
        ),
        "spread within the sets": (
            variant(spread=lambda x, y: ((x.var() + y.var()) / 2).sqrt()),
            "You divide by the spread *within* the two sets. Caliskan et al. take the spread of all targets together, "
            "whichever set they are in.",
        ),
        "divided by n": (
            variant(spread=lambda x, y: torch.cat([x, y]).std(unbiased=False)),
            "You divide the squares by n. Here the standard deviation of a sample is meant, with n - 1: PyTorch's "
            "`std()` as it is.",
        ),
        "the other way round": (
            variant(difference=lambda x, y: y.mean() - x.mean()),
            "The sign is the wrong way round: a positive effect means that the *first* set is nearer to she.",
        ),
    },
    hints=[
        "Two things: a difference of two means, and one number for the spread.",
        "The spread is that of all targets in one heap: `torch.cat([x, y])`.",
        "`torch.cat([x, y]).std()` is below the line; `x.mean() - y.mean()` above it. `.item()` makes a number of it.",
    ],
)
