"""Gradient clipping: one strange batch must not undo a thousand good steps.

All gradients together are one long arrow in the space of the parameters. If it is longer than allowed, it is
shortened, and every component by the same factor, so that it still points the same way.

Paper: Pascanu, Mikolov and Bengio 2013, "On the Difficulty of Training Recurrent Neural Networks", section 3.2.
The training loop calls `torch.nn.utils.clip_grad_norm_`, which does the same in place; a test keeps the two equal.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def clip_gradients(gradients: Sequence[Tensor], largest: int | float) -> list[Tensor]:
    """The gradients, all scaled by one factor where their common norm is above `largest`; else as they are."""
    norm = torch.stack([(gradient**2).sum() for gradient in gradients]).sum().sqrt()  # of all of them together
    factor = (largest / norm).clamp(max=1.0)  # never lengthen; 1 as well for a gradient of nothing but zeros
    return [gradient * factor for gradient in gradients]
