"""Exercise: integrated gradients."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.integrated_gradients import integrated_gradients
from llmcourse.course.exercise import Exercise


def weighted_sum(x):
    return (x * torch.tensor([1.0, 2.0, -3.0])).sum(-1)


def product(x):
    return x[..., 0] * x[..., 1]


def gate(x):
    return torch.relu(x[..., 0] - 1) + x[..., 1] ** 3


def of_tokens(x):
    return x.flatten(1).pow(2).sum(-1).tanh()


def same_shape(trial):
    x = trial.inputs[1]
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != x.shape:
        return f"Return one contribution for each number of x, in its shape {tuple(x.shape)}, {trial.case}."
    return None


def gradients_at(places, difference=True, mean=True):
    """Integrated gradients with one thing changed. `places`: where on the way, from 0 to 1, for a number of steps."""

    def attribute(function, x, baseline, n_steps=50):
        at = places(n_steps).view(-1, *[1] * x.ndim)
        way = (baseline + at * (x - baseline)).requires_grad_()
        (slopes,) = torch.autograd.grad(function(way).sum(), way)
        slope = slopes.mean(0) if mean else slopes.sum(0)
        return (x - baseline) * slope if difference else slope

    return attribute


def middles(n):
    return (torch.arange(n) + 0.5) / n


def times_input(function, x, baseline, n_steps=50):
    slope = gradients_at(middles, difference=False)(function, x, baseline, n_steps)
    return x * slope


GRADIENTS = Exercise(
    key="gradients",
    title="Integrated gradients",
    task="Write `integrated_gradients(function, x, baseline, n_steps=50)`: x - baseline times the mean gradient in "
    "the middles of `n_steps` equal pieces of the straight way; `function` takes a batch, and gives a number for "
    "each.",
    difficulty=2,
    minutes=20,
    answer=integrated_gradients,
    tolerance=1e-4,
    cases={
        "for a weighted sum": lambda draw: (weighted_sum, torch.tensor([1.0, 1.0, 2.0]), torch.zeros(3)),
        "for a product, from (1, 1)": lambda draw: (product, torch.tensor([3.0, 5.0]), torch.ones(2)),
        "for a gate that opens on the way": lambda draw: (gate, torch.tensor([3.0, 2.0]), torch.zeros(2)),
        "for three tokens of two numbers, in 20 steps": lambda draw: (of_tokens, draw(3, 2), draw(3, 2), 20),
        "for four steps": lambda draw: (gate, torch.tensor([3.0, 2.0]), torch.tensor([0.5, -1.0]), 4),
    },
    tests=[same_shape],
    known_mistakes={
        "one gradient, at the end": (
            gradients_at(lambda n: torch.ones(1)),
            "This is the gradient at x alone. A gate that is open there was closed half of the way: sum over the way.",
        ),
        "one gradient, at the baseline": (
            gradients_at(lambda n: torch.zeros(1)),
            "This is the gradient at the baseline alone. The function bends on the way to x.",
        ),
        "without the distance": (
            gradients_at(middles, difference=False),
            "This is the mean gradient. How far has each number moved? Multiply by x - baseline, or nothing adds up.",
        ),
        "times x": (
            times_input,
            "You multiply by x. Right from a baseline of 0, but in general what counts is the way from the baseline.",
        ),
        "a sum, not a mean": (
            gradients_at(middles, mean=False),
            "Your contributions grow with `n_steps`. Each piece is only 1 / n_steps of the way: take the mean.",
        ),
        "the beginning of each piece": (
            gradients_at(lambda n: torch.arange(n) / n),
            "You take the gradient where each piece *begins*, and so never look at the end. In its middle it is more "
            "exact: (i + 0.5) / n_steps.",
        ),
        "the end of each piece": (
            gradients_at(lambda n: (torch.arange(n) + 1.0) / n),
            "You take the gradient where each piece *ends*. In its middle it is more exact: (i + 0.5) / n_steps.",
        ),
    },
    hints=[
        "The points on the way are baseline + t · (x - baseline), with t = 0.5 / n, 1.5 / n, 2.5 / n, …",
        "Make all points one batch: give `t` the shape (n_steps, 1, …, 1), with as many ones as `x` has dimensions.",
        "`points.requires_grad_()`, then `torch.autograd.grad(function(points).sum(), points)[0]`: rows of a batch do "
        "not touch each other, so this is the gradient of each.",
        "`return (x - baseline) * gradients.mean(dim=0)`.",
    ],
)
