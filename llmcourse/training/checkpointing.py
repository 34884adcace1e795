"""Checkpointing: forget what a block has computed, keep only what came into it, and compute it again when needed.

The backward pass then needs a second forward pass, about a third more work in all, and the memory of one block at a
time instead of that of all blocks. The gradients are the same. Chen et al. (2016), Training Deep Nets with Sublinear
Memory Cost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError


def recomputed_gradient(
    part: nn.Module, x: Float[Tensor, "*shape"], gradient: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    """The gradient of x, when that of part(x) is `gradient`; those of the part's weights are added to what they have.

    Nothing of the forward pass is needed but x: it is done again, this time with autograd's notes.
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        output = part(x)
    output.backward(gradient)  # fills in x.grad, and adds to the gradients of the weights
    return x.grad  # type: ignore[return-value]


class Recomputed(torch.autograd.Function):
    """part(x) as a single step to autograd, which takes no notes of what happens inside.

    `Recomputed.apply(part, x, *weights)`; the weights are named so that autograd knows that the result depends on them.
    """

    @staticmethod
    def forward(ctx: Any, part: nn.Module, x: Tensor, *weights: Tensor) -> Tensor:
        ctx.part = part
        ctx.save_for_backward(x)
        return part(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple:
        (x,) = ctx.saved_tensors
        return None, recomputed_gradient(ctx.part, x, gradient), *[None for _ in ctx.part.parameters()]


def checkpointed(part: nn.Module, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """part(x), with the same gradients after `loss.backward()`, keeping nothing of it but x for the backward pass.

    `part` has to do the same the second time: no dropout.
    """
    return Recomputed.apply(part, x, *part.parameters())


@contextmanager
def checkpointing(model: nn.Module) -> Iterator[None]:
    """Inside, every block of this model is computed by `checkpointed`; forward and backward pass belong inside.

    Raises CourseError for a model with dropout, which would drop something else the second time.
    """
    if any(isinstance(module, nn.Dropout) and module.p > 0 for module in model.modules()):
        raise CourseError("a model with dropout cannot be checkpointed here: set dropout=0 in its config")
    blocks = list(model.blocks)  # type: ignore[arg-type]

    def again(block: nn.Module) -> Any:
        plain = type(block).forward

        class Part(nn.Module):
            """The block as a function of its vectors alone, with the other inputs held."""

            def __init__(self, others: tuple[Any, ...]):
                super().__init__()
                self.block, self.others = block, others

            def forward(self, x: Tensor) -> Tensor:
                return plain(self.block, x, *self.others)

        return lambda x, *others: checkpointed(Part(others), x)

    for block in blocks:
        block.forward = again(block)
    try:
        yield
    finally:
        for block in blocks:
            del block.forward
