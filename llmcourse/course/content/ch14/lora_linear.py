"""Exercise: a linear layer with LoRA."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.tuning.lora import lora_linear


def shape(trial):
    if trial.result.shape != trial.expected.shape:
        found = f"The output has the shape {tuple(trial.result.shape)} {trial.case}; it should have"
        return f"{found} {tuple(trial.expected.shape)}: one number for each row of `weight`."
    return None


def starts_as_the_layer(trial):
    """With B at zero, as LoRA begins, nothing may be different yet."""
    x, weight, a, b, alpha = trial.inputs
    if not torch.allclose(trial.call(x, weight, a, torch.zeros_like(b), alpha), x @ weight.T, atol=1e-5):
        return "With B at zero, as LoRA begins, your layer does not say what it said without LoRA: x @ weight.T."
    return None


def lora_with(scale=lambda alpha, a, x: alpha / len(a), base=True):
    """LoRA with one thing changed, so that a mistake takes a line."""

    def lora(x, weight, a, b, alpha):
        return base * (x @ weight.T) + scale(alpha, a, x) * (x @ a.T @ b.T)

    return lora


LORA_LINEAR = Exercise(
    key="lora_linear",
    title="A linear layer with LoRA",
    task="Write `lora_linear(x, weight, a, b, alpha)`: what the layer says, plus α/r times what `a` and `b` say.",
    difficulty=2,
    minutes=15,
    answer=lora_linear,
    cases={
        "for the example on paper": lambda draw: (
            torch.tensor([1.0, 2.0]),
            torch.eye(2),
            torch.tensor([[1.0, 1.0]]),
            torch.tensor([[2.0], [-1.0]]),
            2,
        ),
        "for a batch": lambda draw: (draw(2, 5, 6), draw(4, 6), draw(3, 6), draw(4, 3), 6),
        "for a square layer": lambda draw: (draw(3, 4), draw(4, 4), draw(2, 4), draw(4, 2), 1),
        "when rank and width are the same": lambda draw: (draw(3, 4), draw(4, 4), draw(4, 4), draw(4, 4), 3),
        "for a layer that widens": lambda draw: (draw(7, 3), draw(9, 3), draw(2, 3), draw(9, 2), 16),
    },
    tests=[shape, starts_as_the_layer],
    known_mistakes={
        "not scaled": (
            lora_with(scale=lambda alpha, a, x: 1),
            "The addition is not scaled: α does not matter in your layer. Multiply it by α/r, r being the rank.",
        ),
        "not divided by the rank": (
            lora_with(scale=lambda alpha, a, x: alpha),
            "You multiply by α, and do not divide by the rank: a LoRA of rank 16 would speak 16 times as loudly as one "
            "of rank 1.",
        ),
        "divided by the width": (
            lora_with(scale=lambda alpha, a, x: alpha / x.shape[-1]),
            "You divide α by the width of the input. It is divided by the rank: how many rows does `a` have?",
        ),
        "divided by the square root": (
            lora_with(scale=lambda alpha, a, x: alpha / len(a) ** 0.5),
            "You divide by the square root of the rank. That is a later proposal (rank-stabilized LoRA); asked for is "
            "the paper's α/r.",
        ),
        "only the addition": (
            lora_with(base=False),
            "This is the addition alone. The frozen layer goes on speaking: add x @ weight.T.",
        ),
        "only the layer": (
            lambda x, weight, a, b, alpha: x @ weight.T,
            "This is the frozen layer alone; `a` and `b` change nothing.",
        ),
        "everything scaled": (
            lambda x, weight, a, b, alpha: alpha / len(a) * (x @ weight.T + x @ a.T @ b.T),
            "You scale what the frozen layer says as well. Only the addition is multiplied by α/r.",
        ),
    },
    hints=[
        "Two terms. One is the linear layer as it was, `x @ weight.T`; the other goes through the thin matrices.",
        "x is first squeezed into r numbers, `x @ a.T`, and these are spread out again, `@ b.T`.",
        "The rank is the number of rows of `a`: `len(a)`. The second term is multiplied by `alpha / len(a)`.",
        "`x @ weight.T + alpha / len(a) * (x @ a.T) @ b.T`",
    ],
)
