"""Exercise: layer normalization."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.normalization import layer_norm


def no_nan(trial):
    if trial.result.isnan().any() and not any(x is not None and x.isnan().any() for x in trial.inputs[:3]):
        return f"There are NaN in the result {trial.case}. A vector whose numbers are all the same has variance 0."
    return None


def norm_with(centre=-1, variance=-1, correction=0, eps=1e-5, eps_outside=False, gain="weight", shift=True):
    """A layer norm with one thing changed, so that a mistake takes a line."""

    def norm(x, weight, bias=None, eps_given=1e-5):
        centred = x if centre is None else x - x.mean(centre, keepdim=True)
        spread = centred.square().mean() if variance == "all" else None
        if spread is None:
            n = x.shape[variance]
            spread = centred.square().sum(variance, keepdim=True) / (n - correction)
        scaled = centred / (spread.sqrt() + eps_given if eps_outside else (spread + eps * (eps_given / 1e-5)).sqrt())
        scaled = scaled * weight if gain == "weight" else scaled
        return scaled + bias if shift and bias is not None else scaled

    return norm


def divided_by_variance(x, weight, bias=None, eps=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    scaled = centred / (centred.square().mean(-1, keepdim=True) + eps) * weight
    return scaled if bias is None else scaled + bias


LAYER_NORM = Exercise(
    key="layer_norm",
    title="Layer normalization",
    task="Write `layer_norm(x, weight, bias=None, eps=1e-5)`: each vector along the last dimension moved to mean 0 and "
    "scaled to variance 1, then multiplied by `weight`, and `bias` added if there is one.",
    difficulty=2,
    minutes=15,
    answer=layer_norm,
    cases={
        "for 1, 2, 6": lambda draw: (torch.tensor([1.0, 2.0, 6.0]), torch.ones(3)),
        "for three vectors": lambda draw: (3 * draw(3, 4) + 2, torch.ones(4)),
        "for a square batch": lambda draw: (3 * draw(4, 4) + 2, torch.ones(4)),
        "with a weight and a bias": lambda draw: (draw(2, 5, 8), draw(8), draw(8)),
        "for a vector of zeros": lambda draw: (torch.zeros(2, 4), torch.ones(4)),
        "for very small numbers": lambda draw: (0.01 * draw(2, 8), torch.ones(8)),
        "with a larger eps": lambda draw: (0.1 * draw(2, 8), torch.ones(8), None, 1e-2),
    },
    tests=[no_nan],
    known_mistakes={
        "along the batch": (
            norm_with(centre=0, variance=0),
            "You normalize along the first dimension, so one vector depends on the others. Each vector is on its own: "
            "the mean and the variance run along the last dimension.",
        ),
        "one variance for all": (
            norm_with(variance="all"),
            "You scale all vectors by one number. Each vector has a variance of its own: `mean(-1, keepdim=True)`.",
        ),
        "nothing subtracted": (
            norm_with(centre=None),
            "You scale, but do not subtract the mean first. That is nearly RMSNorm, which comes next.",
        ),
        "variance divided by n - 1": (
            norm_with(correction=1),
            "Your variance divides by n - 1, as `x.var(-1)` and `x.std(-1)` do. Here it is the plain mean of squares: "
            "n.",
        ),
        "divided by the variance": (
            divided_by_variance,
            "You divide by the variance. To reach variance 1 it has to be its square root, the standard deviation.",
        ),
        "eps outside of the root": (
            norm_with(eps_outside=True),
            "You add `eps` to the standard deviation. It belongs to the variance, *under* the square root.",
        ),
        "without eps": (
            norm_with(eps=0.0),
            "Right, unless all numbers of a vector are the same: then the variance is 0, and 0 / 0 is NaN. What is "
            "`eps` for?",
        ),
        "weight forgotten": (
            norm_with(gain="none"),
            "The normalizing is right, but `weight` is not used: the model may scale each dimension as it likes.",
        ),
        "bias forgotten": (
            norm_with(shift=False),
            "Right without a bias; with one, nothing is added.",
        ),
    },
    hints=[
        "Two steps: subtract the mean of the vector from each of its numbers, then divide by how far they lie from 0.",
        "`x.mean(-1, keepdim=True)` is the mean of each vector, and keeps its place so that you can subtract it.",
        "The variance is the mean of the squares of what is left. `torch.rsqrt(variance + eps)` is 1 over its root.",
        "`centred * torch.rsqrt(variance + eps) * weight`, and `+ bias` if `bias` is not None.",
    ],
)
