"""Exercise: GELU, the exact one."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.feedforward import gelu, gelu_tanh, relu


def hardly_changes_large_numbers(trial):
    (x,) = trial.inputs
    large = x > 5
    if not torch.allclose(trial.result[large], x[large], rtol=1e-3):
        return "A large positive number should pass as it is: Φ of it is 1. Check what your Φ gives for 6."
    return None


GELU = Exercise(
    key="gelu",
    title="GELU",
    task="Write `gelu(x)`: each number of a tensor times the probability that a standard normal number is below it; "
    "without PyTorch's own.",
    difficulty=1,
    minutes=10,
    answer=gelu,
    cases={
        "for 0, 1 and -1": lambda draw: (torch.tensor([0.0, 1.0, -1.0]),),
        "for numbers from -6 to 6": lambda draw: (torch.linspace(-6, 6, 25),),
        "for a batch of vectors": lambda draw: (draw(2, 3, 8),),
        "for large numbers": lambda draw: (torch.tensor([-100.0, 6.0, 100.0]),),
    },
    tests=[hardly_changes_large_numbers],
    known_mistakes={
        "relu": (
            relu,
            "This is ReLU: a number just below 0 becomes exactly 0. GELU lets a little of it pass: gelu(-1) is -0.159.",
        ),
        "the tanh approximation": (
            gelu_tanh,
            "Nearly: this is the approximation by tanh, as in GPT-2. The exact one uses `torch.erf`.",
        ),
        "the sigmoid approximation": (
            lambda x: x * torch.sigmoid(1.702 * x),
            "This is the approximation by a sigmoid, which is off by up to 0.02. Φ itself can be had with `torch.erf`.",
        ),
        "silu": (
            lambda x: x * torch.sigmoid(x),
            "This is SiLU: you let the sigmoid decide. Here the decision is Φ(x), which `torch.erf` helps to compute.",
        ),
        "only the probability": (
            lambda x: 0.5 * (1 + torch.erf(x / math.sqrt(2))),
            "This is Φ(x), the share that passes. It still has to be multiplied by x.",
        ),
        "without the square root of 2": (
            lambda x: x * 0.5 * (1 + torch.erf(x)),
            "Your bell is too narrow: `erf` is made for a normal distribution of variance 1/2, so it wants x / √2.",
        ),
        "without the half": (
            lambda x: x * (1 + torch.erf(x / math.sqrt(2))),
            "Large numbers come out doubled: 1 + erf goes up to 2, and a probability only up to 1.",
        ),
    },
    hints=[
        "Two factors: x itself, and a share between 0 and 1 that says how much of it passes.",
        "The share is Φ(x), the probability that a standard normal number lies below x. `torch.erf` is a cousin of it "
        "that runs from -1 to 1.",
        "Φ(x) = (1 + erf(x / √2)) / 2.",
        "`return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))`",
    ],
)
