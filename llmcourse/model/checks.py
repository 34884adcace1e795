"""What attention asks of its inputs, told in one line when it is not so.

Only shapes and types are looked at. They are known without waiting for the numbers, so the checks cost a training step
nothing; a search for NaN would make a GPU wait at every layer. NaN is not hidden either: a token whose vector holds one
gets an output that is NaN, and so does any token that attends to it (and others, since 0 times NaN is NaN).
"""

from torch import Tensor

from llmcourse.errors import CourseError


def check_attention_inputs(
    x: Tensor, mask: Tensor | None, memory: Tensor | None, d_model: int, is_cross: bool, start: int, longest: int | None
) -> None:
    """Raises CourseError unless x is (batch, position, d_model), the mask is boolean and fits (batch, position, key),
    and a memory is given where, and only where, it is needed: in cross-attention, unless a cache holds its keys.

    `start`: how many keys lie in the cache. `longest`: how many positions there may be, if there is a limit.
    """
    check_vectors("x", x, d_model)
    batch, n = x.shape[:2]
    if not is_cross:
        n_keys = start + n
        if memory is not None:
            raise CourseError("this is self-attention: to read a memory, build the layer with is_cross=True")
        if longest is not None and n_keys > longest:
            raise CourseError(f"x of shape {tuple(x.shape)} ends at position {n_keys}, beyond the context of {longest}")
    elif start > 0:
        n_keys = start
    elif memory is None:
        raise CourseError(f"cross-attention needs memory=(batch, key, {d_model}), the vectors of the text it reads")
    else:
        check_vectors("memory", memory, d_model)
        n_keys = memory.shape[1]
        if len(memory) != batch:
            raise CourseError(f"x {tuple(x.shape)} and memory {tuple(memory.shape)} must hold equally many texts")
    check_mask(mask, batch, n, n_keys, one_for_all=True)


def check_vectors(name: str, x: Tensor, d_model: int) -> None:
    shape = tuple(x.shape)
    if x.ndim != 3:
        advice = f": one text is {name}[None]" if x.ndim == 2 else ""
        raise CourseError(f"{name} must have the shape (batch, position, d_model={d_model}), not {shape}{advice}")
    if shape[-1] != d_model:
        raise CourseError(f"{name} of shape {shape} is {shape[-1]} wide, but this attention has d_model={d_model}")
    if not x.is_floating_point():
        raise CourseError(f"{name} of shape {shape} holds {kind(x)}, not vectors of floats: embed token ids first")


def check_mask(
    mask: Tensor | None, batch: int, n_queries: int, n_keys: int, name: str = "mask", one_for_all: bool = False
) -> None:
    """Raises CourseError for a mask that does not say of each query and key whether they may meet.

    It fits (batch, query, key), and the first two may be 1. With `one_for_all` a mask (query, key) will do, too; a
    model that reads whole batches does not take one, since (batch, key) looks the same and means something else.
    """
    if mask is None:
        return
    found, wanted = tuple(mask.shape), (batch, n_queries, n_keys)
    if kind(mask) != "bool":
        mend = "mask == 0" if mask.dtype.is_floating_point else "mask.bool()"
        raise CourseError(f"the {name} of shape {found} holds {kind(mask)}, not booleans: give `{mend}`")
    whole = (1, *found) if mask.ndim == 2 and one_for_all else found
    if len(whole) != 3 or whole[0] not in (1, batch) or whole[1] not in (1, n_queries) or whole[2] != n_keys:
        raise CourseError(
            f"the {name} has the shape {found}, which does not fit (batch, query, key) = {wanted}: "
            "padding_mask(ids) makes one that does, and causal_mask(n)[None] another"
        )


def kind(x: Tensor) -> str:
    return str(x.dtype).removeprefix("torch.")
