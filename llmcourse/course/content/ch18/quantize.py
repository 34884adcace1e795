"""Exercise: weights as whole numbers of 8 bits."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.quantized import quantize


def whole_numbers_and_scales(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two things: the whole numbers, and a scale for each row."
    whole, scale = trial.result
    if whole.dtype != torch.int8:
        return (
            f"The whole numbers are of type {str(whole.dtype).removeprefix('torch.')}; `.to(torch.int8)` takes a "
            f"byte each."
        )
    if scale.shape != (len(whole), 1):
        return f"The scales have the shape {tuple(scale.shape)}; one for each row, as a column, is {(len(whole), 1)}."
    if not scale.isfinite().all() or (scale <= 0).any():
        return f"Some scales are 0 or not finite {trial.case}: by what is a row of zeros divided?"
    return None


def half_a_step(trial):
    weight = trial.inputs[0]
    whole, scale = trial.result
    off = ((whole.to(scale.dtype) * scale - weight).abs() / scale).max().item()
    if off > 0.501:
        return (
            f"A weight is off by {off:.2f} steps {trial.case}; rounding to the nearest is off by half a step at most."
        )
    return None


def quantized_by(dim=1, most=127, largest=lambda w, dim: w.abs().amax(dim, keepdim=True), how=torch.round, guard=True):
    def answer(weight):
        top = largest(weight, dim)
        scale = top / most
        if guard:
            scale = torch.where(top > 0, scale, 1.0)
        whole = how(weight / scale).nan_to_num()
        return whole.to(torch.int16).to(torch.int8), scale.expand(-1, 1) if dim == 1 else scale

    return answer


def per_tensor(weight):
    scale = (weight.abs().max() / 127).expand(len(weight), 1)
    scale = torch.where(scale > 0, scale, 1.0)
    return (weight / scale).round().to(torch.int8), scale


QUANTIZE = Exercise(
    key="quantize",
    title="A byte for each weight",
    task="Write `quantize(weight)`: whole numbers from -127 to 127 as int8, and a scale for each row (a column of "
    "them), with weight ≈ whole · scale, as near as can be.",
    difficulty=2,
    minutes=15,
    answer=quantize,
    cases={
        "for two rows by hand": lambda draw: (torch.tensor([[0.6, -1.27, 0.012], [0.02, 0.0, -0.01]]),),
        "for a matrix of 5 × 8": lambda draw: (draw(5, 8),),
        "for a square matrix": lambda draw: (draw(4, 4),),
        "for rows of very different size": lambda draw: (draw(3, 6) * torch.tensor([[1000.0], [1.0], [0.001]]),),
        "for a row of zeros": lambda draw: (torch.tensor([[0.0, 0.0, 0.0], [1.0, -2.0, 0.5]]),),
    },
    tests=[whole_numbers_and_scales, half_a_step],
    known_mistakes={
        "one scale for all": (
            per_tensor,
            "You have one scale for the whole matrix. A single large weight then makes the steps of *all* rows wide; "
            "give each row its own.",
        ),
        "a scale for each column": (
            quantized_by(dim=0),
            "You have a scale for each column. The rows of a weight are the outputs of the layer: `amax(dim=1, "
            "keepdim=True)`.",
        ),
        "cut off": (
            quantized_by(how=torch.trunc),
            "You cut off what stands behind the point, and are off by up to a whole step. Rounding to the nearest, "
            "`.round()`, is off by half a step at most.",
        ),
        "up to 128": (
            quantized_by(most=128),
            "Your largest weight becomes 128, and int8 ends at 127: it comes out as -128. Divide by 127.",
        ),
        "largest without sign": (
            quantized_by(largest=lambda w, dim: w.amax(dim, keepdim=True).clamp(min=1e-9)),
            "Your scale is made of the largest number of the row; but -1.27 is larger than 0.6 in *size*. Take `abs()` "
            "first.",
        ),
        "zeros": (
            quantized_by(guard=False),
            "by what is a row of zeros divided?",
        ),
    },
    hints=[
        "Which number of a row has to become 127 or -127? The one furthest from 0.",
        "`weight.abs().amax(dim=1, keepdim=True) / 127` is one scale for each row, as a column.",
        "Divide, round to the nearest, and only then `.to(torch.int8)`, which cuts off.",
        "For a row of zeros any scale will do but 0: `torch.where(largest > 0, largest / 127, 1.0)`.",
    ],
)
