"""Exercise: gradient clipping."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.clipping import clip_gradients


def is_a_list_of_gradients(trial):
    gradients = trial.inputs[0]
    if not isinstance(trial.result, list | tuple) or len(trial.result) != len(gradients):
        return f"Return a list with one gradient for each of the {len(gradients)} that were given."
    return None


def norm_of(gradients):
    return torch.cat([gradient.flatten() for gradient in gradients]).norm()


def is_short_enough(trial):
    norm, largest = norm_of(trial.result), trial.inputs[1]
    if not norm <= largest * 1.0001:
        return f"All gradients together have the norm {norm:.3g} {trial.case}; at most {largest:g} is allowed."
    return None


def clip_with(factor):
    """Multiply every gradient by factor(gradient, all gradients, largest): to write a mistake in a line."""
    return lambda gradients, largest: [gradient * factor(gradient, gradients, largest) for gradient in gradients]


CLIP_GRADIENTS = Exercise(
    key="clip_gradients",
    title="Gradient clipping",
    task="Write `clip_gradients(gradients, largest)`: a list of tensors, all multiplied by one factor, so that the "
    "norm of all of them together is at most `largest`. Gradients that are short enough stay as they are.",
    difficulty=2,
    minutes=10,
    answer=clip_gradients,
    cases={
        "for one gradient, (3, 4)": lambda draw: ([torch.tensor([3.0, 4.0])], 1.0),
        "for a gradient that is short enough": lambda draw: ([torch.tensor([0.3, 0.4])], 1.0),
        "for a matrix and a vector": lambda draw: ([5 * draw(3, 4), draw(4)], 2.0),
        "for many small ones that are long together": lambda draw: ([0.3 * draw(2, 2) for _ in range(30)], 1.0),
        "for gradients of nothing but zeros": lambda draw: ([torch.zeros(2, 3), torch.zeros(3)], 1.0),
    },
    tests=[is_a_list_of_gradients, is_short_enough],
    known_mistakes={
        "by value": (
            lambda gradients, largest: [gradient.clamp(-largest, largest) for gradient in gradients],
            "You cut off each *entry*, which bends the arrow another way. Multiply all entries by one factor.",
        ),
        "each tensor on its own": (
            clip_with(lambda gradient, _, largest: (largest / gradient.norm().clamp(min=1e-12)).clamp(max=1.0)),
            "You shorten each tensor on its own. Together they can still be too long, and their proportions are lost: "
            "one norm of all of them, one factor for all of them.",
        ),
        "always": (
            clip_with(lambda _, every, largest: largest / norm_of(every).clamp(min=1e-12)),
            "You give every gradient the norm `largest`, so short ones grow. Only what is too long may be changed.",
        ),
        "upside down": (
            clip_with(lambda _, every, largest: (norm_of(every) / largest).clamp(min=1.0)),
            "Your factor is upside down: long gradients become longer still.",
        ),
        "squared norm": (
            clip_with(lambda _, every, largest: (largest / norm_of(every).square().clamp(min=1e-12)).clamp(max=1.0)),
            "You divide by the *square* of the norm, and long gradients become far too short. A root is missing.",
        ),
        "not at all": (
            clip_with(lambda _, every, largest: 1.0),
            "Nothing is clipped: gradients whose norm is above `largest` have to become shorter.",
        ),
    },
    hints=[
        "Imagine all numbers of all gradients as one long vector. How long is it?",
        "The squares of all numbers, summed over all tensors, and one root at the end: that is the norm.",
        "The factor is `largest / norm`, but never more than 1.",
        "`factor = (largest / norm).clamp(max=1.0)`, and then `[gradient * factor for gradient in gradients]`.",
    ],
)
