"""Exercise: merge LoRA into the weight."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.tuning.lora import merged_weight


def shape(trial):
    if trial.result.shape != trial.inputs[0].shape:
        found, right = tuple(trial.result.shape), tuple(trial.inputs[0].shape)
        return f"The merged weight has the shape {found} {trial.case}; it takes the place of one of {right}."
    return None


def square(build):
    """For square layers and full rank every order of factors fits; else the right one, so that shapes are no clue."""

    def merged(weight, a, b, alpha):
        same = a.shape == b.shape == weight.shape
        return build(weight, a, b, alpha) if same else weight + alpha / len(a) * (b @ a)

    return merged


MERGED_WEIGHT = Exercise(
    key="merged_weight",
    title="Merging",
    task="Write `merged_weight(weight, a, b, alpha)`: the one matrix that does the work of all three.",
    difficulty=1,
    minutes=5,
    answer=merged_weight,
    cases={
        "for rank 1": lambda draw: (torch.eye(2), torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0], [-1.0]]), 2),
        "for a layer that widens": lambda draw: (draw(6, 3), draw(2, 3), draw(6, 2), 8),
        "for a square layer": lambda draw: (draw(4, 4), draw(3, 4), draw(4, 3), 1),
        "for a square layer at full rank": lambda draw: (draw(4, 4), draw(4, 4), draw(4, 4), 2),
    },
    tests=[shape],
    known_mistakes={
        "not scaled": (
            lambda weight, a, b, alpha: weight + b @ a,
            "The factor α/r is missing. Without it the merged layer says something else than the layer with LoRA.",
        ),
        "not divided by the rank": (
            lambda weight, a, b, alpha: weight + alpha * (b @ a),
            "You multiply by α and forget to divide by the rank.",
        ),
        "only the product": (
            lambda weight, a, b, alpha: alpha / len(a) * (b @ a),
            "That is only what is added. Where is the weight that it is added to?",
        ),
        "subtracted": (
            lambda weight, a, b, alpha: weight - alpha / len(a) * (b @ a),
            "You subtract: that takes an addition back, and here it has to be put in.",
        ),
        "A times B": (
            square(lambda weight, a, b, alpha: weight + alpha / len(a) * (a @ b)),
            "The order is wrong where shapes do not tell: x goes through A first, so A stands on the right: B A.",
        ),
        "transposed": (
            square(lambda weight, a, b, alpha: weight + alpha / len(a) * (b @ a).T),
            "Your product is transposed where shapes do not tell: it has a row for each row of `weight`.",
        ),
    },
    hints=[
        "x Wᵀ + α/r · x Aᵀ Bᵀ: take x out of the bracket. What is left?",
        "Aᵀ Bᵀ is (B A)ᵀ. So the bracket is the transpose of W + α/r · B A.",
        "`weight + alpha / len(a) * (b @ a)`",
    ],
)
