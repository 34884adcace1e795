"""What a computation costs, counted and not timed: operations, and the largest number of bytes alive at once.

Counts are the same on every machine. On the device "meta" tensors have shapes but no numbers, so the cost of a
computation can be counted that would not fit into memory.
"""

import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

PRODUCTS = {"mm": (0, 1), "bmm": (0, 1), "addmm": (1, 2), "baddbmm": (1, 2)}  # where the two matrices stand


class Meter(TorchDispatchMode):
    """Counts inside a `with` block. A matrix product of (m, n) by (n, p) makes 2·m·n·p operations; whatever makes a
    new tensor otherwise, one for each number in it. Fused kernels count as one of these, so do not meter them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0
        self.bytes = self.most_bytes = 0
        self._alive: dict[int, Any] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func.is_view:
            return result
        name = func._schema.name.split("::")[-1]
        outputs = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        numbers = sum(output.numel() for output in outputs)
        if name in PRODUCTS:
            left = args[PRODUCTS[name][0]]
            numbers *= 2 * left.shape[-1]
        self.operations += numbers
        before = {leaf.untyped_storage()._cdata for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)}
        for output in outputs:
            storage = output.untyped_storage()
            if storage._cdata not in self._alive and storage._cdata not in before:
                self._born(storage)
        return result

    def _born(self, storage: Any) -> None:
        key, size = storage._cdata, storage.nbytes()
        self.bytes += size
        self.most_bytes = max(self.most_bytes, self.bytes)

        def gone(_: Any) -> None:
            self.bytes -= size
            self._alive.pop(key, None)

        self._alive[key] = weakref.ref(storage, gone)


def count_cost(function: Callable[..., Any], shapes: Sequence[Sequence[int]]) -> tuple[int, int]:
    """(operations, most bytes alive besides the inputs) of `function` on inputs of these shapes, without computing."""
    inputs = [torch.empty(*shape, device="meta") for shape in shapes]
    with torch.no_grad(), Meter() as meter:
        function(*inputs)
    return meter.operations, meter.most_bytes


def slope(points: Mapping[int, int | float] | Sequence[tuple[int, int | float]], start: int = 0) -> float:
    """The slope of the least-squares line through the logarithms of points (x, y), from x = `start` on.

    1: doubling x doubles y; 2: it makes y four times as large.
    """
    pairs = [(x, y) for x, y in (points.items() if isinstance(points, Mapping) else points) if x >= start]
    xs, ys = [math.log(x) for x, _ in pairs], [math.log(y) for _, y in pairs]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return rise / sum((x - x_mean) ** 2 for x in xs)
