"""Repetition penalty: what has been said becomes less likely to be said again."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError


def repetition_penalty(
    logits: Float[Tensor, "batch vocab"], ids: Int[Tensor, "batch position"], penalty: int | float
) -> Float[Tensor, "batch vocab"]:
    """The logits of all tokens that stand in `ids` are made smaller: divided by the penalty, or multiplied if negative.

    How often a token stands there makes no difference, nor does how long ago. A penalty of 1 changes nothing, one below
    1 invites repetition. Mind that logits mean the same when 5 is added to all of them, and that the penalty does not.

    Raises CourseError unless the penalty is above 0.
    Keskar et al. (2019), CTRL: A Conditional Transformer Language Model for Controllable Generation, section 4.1.
    """
    if not penalty > 0:
        raise CourseError(f"penalty={penalty} must be above 0: 1 changes nothing, more makes repetition less likely")
    said = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, ids, True)
    smaller = torch.where(logits > 0, logits / penalty, logits * penalty)
    return torch.where(said, smaller, logits)
