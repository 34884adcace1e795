"""Exercise: one step of AdamW."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.optimizers.adam import adamw_step


def returns_three(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 3:
        return "Return three things, in this order: the new weight, the new mean, the new square."
    return None


def averages(trial):
    for name, mine, right in zip(("mean", "square"), trial.result[1:], trial.expected[1:], strict=True):
        if not torch.allclose(mine, right, atol=1e-6, rtol=1e-4):
            return f"The new {name} is not right {trial.case}. It is a share of the old one, and the rest of the new."
    return None


def step_with(
    first=True, second=True, inside=False, decay="weight", squared=True, swapped=False, corrected_state=False, sign=1
):
    """AdamW with one thing changed, so that a mistake takes a line."""

    def step_of(weight, gradient, mean, square, step, lr, betas, eps, weight_decay):
        beta1, beta2 = betas[::-1] if swapped else betas
        if decay == "gradient":
            gradient = gradient + weight_decay * weight
        mean = beta1 * mean + (1 - beta1) * gradient
        square = beta2 * square + (1 - beta2) * (gradient**2 if squared else gradient.abs())
        m = mean / (1 - beta1**step) if first else mean
        s = square / (1 - beta2**step) if second else square
        direction = m / (s + eps).sqrt() if inside else m / (s.sqrt() + eps)
        if decay == "weight":
            weight = weight - lr * weight_decay * weight
        elif decay == "without lr":
            weight = weight - weight_decay * weight
        weight = weight - sign * lr * direction
        return (weight, m, s) if corrected_state else (weight, mean, square)

    return step_of


def without_root(weight, gradient, mean, square, step, lr, betas, eps, weight_decay):
    mean = betas[0] * mean + (1 - betas[0]) * gradient
    square = betas[1] * square + (1 - betas[1]) * gradient**2
    direction = mean / (1 - betas[0] ** step) / (square / (1 - betas[1] ** step) + eps)
    return weight - lr * direction - lr * weight_decay * weight, mean, square


def state(draw, step, decay, eps=1e-8, size=1.0, shape=(4,)):
    """A weight, its gradient, what was remembered, and the settings. Before the first step nothing is remembered."""
    weight, gradient = draw(*shape), size * draw(*shape)
    past = 0.0 if step == 1 else 0.5 * size
    mean, square = past * draw(*shape), (past * draw(*shape)) ** 2
    return weight, gradient, mean, square, step, 0.1, (0.9, 0.99), eps, decay


ADAMW_STEP = Exercise(
    key="adamw_step",
    title="One step of AdamW",
    task="Write `adamw_step(weight, gradient, mean, square, step, lr, betas, eps, weight_decay)`: it returns the new "
    "weight, the new mean and the new square; `step` counts from 1.",
    difficulty=2,
    minutes=15,
    answer=adamw_step,
    cases={
        "at the first step": lambda draw: state(draw, 1, 0.0),
        "at the tenth step": lambda draw: state(draw, 10, 0.0),
        "for a matrix, with weight decay": lambda draw: state(draw, 3, 0.5, shape=(2, 3)),
        "with a large eps": lambda draw: state(draw, 5, 0.0, eps=0.5),
        "for tiny gradients": lambda draw: state(draw, 1, 0.1, size=1e-3),
    },
    tests=[returns_three, averages],
    known_mistakes={
        "no bias correction": (
            step_with(first=False, second=False),
            "Both averages start at 0 and are too small at first. Divide each by the share of it that has been seen, "
            "1 - βᵗ.",
        ),
        "only the mean corrected": (
            step_with(second=False),
            "You correct the mean and not the square: the first steps come out far too long.",
        ),
        "only the square corrected": (
            step_with(first=False),
            "You correct the square and not the mean: the first steps come out ten times too short.",
        ),
        "eps inside the root": (
            step_with(inside=True),
            "Your eps stands inside the root, where 1e-8 becomes 1e-4. Take the root first, and add eps after it.",
        ),
        "decay in the gradient": (
            step_with(decay="gradient"),
            "You add the decay to the gradient, as Adam did: then it is divided by the root as well, and weights with "
            "large gradients hardly decay. In AdamW the weight itself shrinks, beside the step.",
        ),
        "decay without the learning rate": (
            step_with(decay="without lr"),
            "The weight shrinks by `weight_decay` each step, whatever the learning rate. It is `lr * weight_decay`.",
        ),
        "no decay": (
            step_with(decay="none"),
            "Right but for `weight_decay`, which you do not use.",
        ),
        "not squared": (
            step_with(squared=False),
            "Your second average is of the gradient's size, not of its square.",
        ),
        "no root": (
            without_root,
            "You divide by the mean square itself. Its root has the size of a gradient.",
        ),
        "betas exchanged": (
            step_with(swapped=True),
            "The first of `betas` is for the mean, the second for the square; yours are exchanged.",
        ),
        "the corrected ones remembered": (
            step_with(corrected_state=True),
            "Return the averages as they are. The correction is for this step only; what is remembered has none.",
        ),
        "uphill": (
            step_with(sign=-1),
            "You go *up*: subtract the step from the weight.",
        ),
    },
    hints=[
        "Two averages first: `mean = beta1 * mean + (1 - beta1) * gradient`, and the same for `square` with "
        "`gradient**2` and `beta2`.",
        "At step t an average has seen only the share 1 - βᵗ. Divide each by its own, and keep the undivided ones to "
        "return.",
        "The direction is the corrected mean divided by (the root of the corrected square, plus eps).",
        "`weight * (1 - lr * weight_decay) - lr * direction`: the old weight shrinks, and takes its step.",
    ],
)
