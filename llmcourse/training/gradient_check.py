"""Finite differences: the gradient by its definition, slow and without any cleverness, to check the clever way.

Move one number a little up and a little down, and see how the loss answers. It takes two evaluations for *each* number
of x; backpropagation takes about three for all of them together.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError


@torch.no_grad()
def finite_differences(
    loss: Callable[[Tensor], Tensor], x: Float[Tensor, "..."], step: float = 1e-5
) -> Float[Tensor, "..."]:
    """d loss / d x by central differences: (loss(x + step) - loss(x - step)) / (2 step), one number at a time.

    x must be float64: in float32 a step that is small enough drowns in rounding. Raises CourseError when it is not, or
    when step is not above 0.
    """
    if x.dtype != torch.float64:
        raise CourseError(f"finite differences need float64, not {x.dtype}: pass x.double()")
    if not step > 0:
        raise CourseError(f"the step of a finite difference must be more than 0, not {step}")
    gradient = torch.zeros_like(x)
    for place in range(x.numel()):
        moved = torch.zeros_like(x)
        moved.view(-1)[place] = step
        gradient.view(-1)[place] = (loss(x + moved) - loss(x - moved)) / (2 * step)
    return gradient
