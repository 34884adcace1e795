"""The table of names: which tensor of a file is which parameter of ours.

Two programs that compute the same thing still call its parts by different names, and may pack them differently. GPT-2's
files hold the queries, keys and values of a layer side by side in one matrix, and every matrix the other way round. So
an entry says three things: their name, our name (or several, for what is packed together), and whether to transpose.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError


class HubError(CourseError):
    """A model of the Hugging Face form that cannot be read or written: names the file, setting or tensor at fault."""


@dataclass(frozen=True)
class Entry:
    """One tensor of a file, and the parameters that it holds one above the other."""

    theirs: str
    ours: tuple[str, ...]
    transposed: bool = False


def entry(theirs: str, *ours: str, transposed: bool = False) -> Entry:
    return Entry(theirs, ours, transposed)


def layer(theirs: str, ours: str, names: dict[str, str], biases: Sequence[str] = ()) -> list[Entry]:
    """Entries for the parts of one layer: `names` maps ours to theirs; those in `biases` have a bias beside the
    weight."""
    entries = []
    for our, their in names.items():
        for kind in ("weight", "bias") if our in biases else ("weight",):
            entries.append(entry(f"{theirs}{their}.{kind}", f"{ours}{our}.{kind}"))
    return entries


def unpacked(packed: Tensor, transposed: bool, parts: int) -> list[Tensor]:
    """A tensor of a file as our parameters: turned if need be, then cut into `parts` of equally many rows."""
    whole = packed.T if transposed and packed.ndim == 2 else packed
    return list(whole.chunk(parts, dim=0))


def packed(parts: Sequence[Tensor], transposed: bool) -> Tensor:
    """The inverse of `unpacked`."""
    whole = torch.cat(list(parts), dim=0) if len(parts) > 1 else parts[0]
    return (whole.T if transposed and whole.ndim == 2 else whole).contiguous()


def packed_shape(shapes: Sequence[tuple[int, ...]], transposed: bool) -> tuple[int, ...]:
    """The shape in a file of what holds parameters of these shapes."""
    rows = sum(shape[0] for shape in shapes)
    whole = (rows, *shapes[0][1:])
    return whole[::-1] if transposed and len(whole) == 2 else whole


def split_qkv(
    weight: Float[Tensor, "d_model three_d_model"], bias: Float[Tensor, "three_d_model"]
) -> dict[str, Float[Tensor, "..."]]:
    """GPT-2's packed projection, `c_attn`, as three layers of PyTorch's: q.weight, q.bias, k.weight, ….

    GPT-2 computes x @ W + b and keeps W as (in, out): its columns are first all queries, then all keys, then all
    values. `nn.Linear` computes x @ Wᵀ + b and keeps W as (out, in). Raises CourseError where the width is not three
    times the same.
    """
    width = weight.shape[1]
    if width % 3 or bias.shape != (width,):
        raise CourseError(
            f"c_attn has the shape {tuple(weight.shape)} and a bias {tuple(bias.shape)}: "
            "it must be three times as wide as one projection"
        )
    parts = {}
    for kind, whole in (("weight", weight), ("bias", bias)):
        for name, part in zip("qkv", unpacked(whole, transposed=True, parts=3), strict=True):
            parts[f"{name}.{kind}"] = part
    return parts
