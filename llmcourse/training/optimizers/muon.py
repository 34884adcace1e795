"""Muon: the update of a matrix turns all directions equally.

A matrix stretches space along a few directions, its singular vectors, each by its singular value. The gradient of a
matrix in a Transformer has a few large singular values and a long tail of small ones, so that a step moves the weights
in a few directions, and the rare rest hardly at all. Muon keeps the directions and sets all singular values to about 1.

With an SVD that would be U S Vᵀ → U Vᵀ. Newton and Schulz' iteration gets there by matrix products alone: the odd
polynomial p(s) = a s + b s³ + c s⁵, applied to a matrix, acts on each singular value and leaves U and V alone. Its
coefficients lift small values quickly, and let them end anywhere between about 0.7 and 1.2.

Muon is for matrices inside the network. Vectors have no singular values to even out, and of an embedding only the rows
of the batch's own words have a gradient: AdamW takes care of these.

Paper: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
"""

import math
from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.training.optimizers.base import Memory, Optimizer, at_least_zero, below_one

Number = int | float


def orthogonalize(
    matrix: Float[Tensor, "rows columns"],
    steps: int = 5,
    coefficients: tuple[Number, Number, Number] = (3.4445, -4.7750, 2.0315),
) -> Float[Tensor, "rows columns"]:
    """About U Vᵀ of a matrix U S Vᵀ, computed in the matrix's own precision."""
    a, b, c = coefficients
    x = matrix.mT if matrix.shape[0] > matrix.shape[1] else matrix  # the products with xᵀ are smaller this way round
    x = x / x.norm().clamp(min=1e-7)  # no singular value is larger than the root of the sum of all squares
    for _ in range(steps):
        gram = x @ x.mT
        inner = torch.addmm(gram, gram, gram, beta=b, alpha=c)  # b gram + c gram², rounded once
        x = torch.addmm(x, inner, x, beta=a)  # a x + (b gram + c gram²) x
    return x.mT if matrix.shape[0] > matrix.shape[1] else x


def muon_step(
    weight: Float[Tensor, "rows columns"],
    gradient: Float[Tensor, "rows columns"],
    average: Float[Tensor, "rows columns"],
    lr: Number = 1e-3,
    momentum: Number = 0.95,
    weight_decay: Number = 0.1,
) -> tuple[Float[Tensor, "rows columns"], Float[Tensor, "rows columns"]]:
    """(new weight, new average of gradients), with Nesterov's look ahead.

    bfloat16 is enough for a direction, and halves the work on a GPU. A tall matrix takes a longer step, for its output
    has more numbers to move than its input has.
    """
    rows, columns = weight.shape
    average = torch.lerp(average, gradient, 1 - momentum)
    ahead = torch.lerp(gradient, average, momentum)
    direction = orthogonalize(ahead.bfloat16()).to(weight.dtype)
    return weight * (1 - lr * weight_decay) - lr * math.sqrt(max(1, rows / columns)) * direction, average


class Muon(Optimizer):
    """Muon for matrices; the same steps as `torch.optim.Muon`. Raises CourseError for anything that is no matrix."""

    def __init__(
        self, parameters: Iterable[Tensor], lr: Number = 1e-3, momentum: Number = 0.95, weight_decay: Number = 0.1
    ):
        super().__init__(parameters, lr)
        self.momentum = below_one("momentum", momentum)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        for parameter in self.parameters:
            if parameter.ndim != 2:
                shape = tuple(parameter.shape)
                raise CourseError(f"Muon is for matrices, not for shape {shape}: give that parameter to AdamW")

    def fresh_memory(self, parameter: Tensor) -> Memory:
        return {"average": torch.zeros_like(parameter)}

    def update(self, weight: Tensor, gradient: Tensor, memory: Memory) -> Tensor:
        weight, memory["average"] = muon_step(
            weight, gradient, memory["average"], self.lr, self.momentum, self.weight_decay
        )
        return weight
