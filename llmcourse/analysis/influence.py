"""Who can influence whom: change one token of the input, and see which outputs move.

Nothing is assumed about how the model is built, so this finds leaks that no drawing of masks would show.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError

Read = Callable[[Tensor], Tensor | tuple[Tensor, ...]]  # ids (batch input) -> vectors (batch output width), or several


@torch.no_grad()
def influence(read: Read, ids: Int[Tensor, "input"], vocab_size: int) -> Float[Tensor, "output input"]:
    """How far each output moves when another token takes the place of each input; 0 where nothing gets through.

    `read`: what the model makes of a batch of ids. When it returns several tensors, such as the vectors of an encoder
    and those of a decoder, their outputs follow one another. The model should be in evaluation mode: dropout moves
    everything.

    Raises CourseError when the ids are not those of one text, or there is no other token to put in.
    """
    if ids.ndim != 1 or not len(ids) or vocab_size < 2:
        shape = tuple(ids.shape)
        raise CourseError(
            f"influence needs the ids of one text and two tokens to choose from, not {shape}, {vocab_size}"
        )
    n = len(ids)
    texts = ids.repeat(n + 1, 1)  # the text itself, then one with the first token changed, one with the second, …
    at = torch.arange(n)
    texts[at + 1, at] = (ids + 1) % vocab_size
    outputs = read(texts)
    parts = outputs if isinstance(outputs, tuple) else (outputs,)
    moved = [(part[1:] - part[:1]).abs().amax(-1) for part in parts]  # input output
    return torch.cat(moved, dim=1).mT


def reaches(read: Read, ids: Int[Tensor, "input"], vocab_size: int, least: float = 1e-6) -> Tensor:
    """The same as True and False: whether anything of the input gets to the output."""
    return influence(read, ids, vocab_size) > least
