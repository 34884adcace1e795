"""What a norm and a feed-forward layer ask of their input, told in one line when it is not so.

Only shape and type are looked at, which are known without waiting for the numbers. NaN is passed on: a vector that
holds one comes out as NaN, and no other vector is touched.
"""

from torch import Tensor

from llmcourse.errors import CourseError


def check_width(x: Tensor, width: int, part: str) -> None:
    """Raises CourseError unless x holds vectors of floats, `width` wide. `part` names who asks: "LayerNorm"."""
    shape = tuple(x.shape)
    if not shape or shape[-1] != width:
        raise CourseError(f"this {part} takes vectors {width} wide: x has the shape {shape}, and should end in {width}")
    if not x.is_floating_point():
        found = str(x.dtype).removeprefix("torch.")
        raise CourseError(f"{part} takes floats: x of shape {shape} holds {found}; embed token ids first")
