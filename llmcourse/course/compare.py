"""Compare what an answer returns with what the answer key returns, and say in words how they differ."""

from __future__ import annotations

import math
from typing import Any

import numpy
import torch
from torch import Tensor


def describe(value: Any) -> str:
    """What a value is, in a few words: "a tensor of shape (2, 3)", "a pair", "the number 0.5"."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}" if value.dim() else f"the number {value.item():.6g}"
    if isinstance(value, numpy.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float | numpy.number):
        return f"the number {value:.6g}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"a text of {len(value)} characters"
    if isinstance(value, tuple | list):
        words = {tuple: "tuple", list: "list"}[tuple if isinstance(value, tuple) else list]
        return "a pair" if words == "tuple" and len(value) == 2 else f"a {words} of {len(value)}"
    return f"an object of type {type(value).__name__}"


def difference(result: Any, expected: Any, tolerance: float = 1e-5) -> str | None:
    """How `result` differs from `expected`, as a sentence; None where they agree.

    A number and a tensor that holds one number are the same, and so are a tuple and a list. Shapes and types of
    tensors must agree, and infinities and NaN must stand in the same places.
    """
    if isinstance(expected, tuple | list):
        return _sequence_difference(result, expected, tolerance)
    if isinstance(expected, dict):
        return _dict_difference(result, expected, tolerance)
    if isinstance(expected, Tensor) and expected.dim() > 0:
        return _tensor_difference(result, expected, tolerance)
    if isinstance(expected, int | float | Tensor) and expected is not True and expected is not False:
        return _number_difference(result, expected, tolerance)
    return None if _equal(result, expected) else f"It returned {describe(result)}, not {describe(expected)}."


def agree(result: Any, expected: Any, tolerance: float = 1e-5) -> bool:
    """Are they the same, within the tolerance?"""
    return difference(result, expected, tolerance) is None


def _sequence_difference(result: Any, expected: Any, tolerance: float) -> str | None:
    if not isinstance(result, tuple | list) or len(result) != len(expected):
        return f"It returned {describe(result)}, not {describe(expected)}."
    for number, (mine, right) in enumerate(zip(result, expected, strict=True)):
        if problem := difference(mine, right, tolerance):
            return f"In value {number} of what it returned: {problem}"
    return None


def _dict_difference(result: Any, expected: dict, tolerance: float) -> str | None:
    if not isinstance(result, dict):
        return f"It returned {describe(result)}, not a dictionary."
    if result.keys() != expected.keys():
        odd = sorted(map(str, result.keys() ^ expected.keys()))
        return f"The keys differ: {', '.join(odd[:5])}."
    for key in expected:
        if problem := difference(result[key], expected[key], tolerance):
            return f"At key {key!r}: {problem}"
    return None


def _tensor_difference(result: Any, expected: Tensor, tolerance: float) -> str | None:
    if not isinstance(result, Tensor):
        return f"It returned {describe(result)}, not {describe(expected)}."
    if result.shape != expected.shape:
        return f"The shape is {tuple(result.shape)}; it should be {tuple(expected.shape)}."
    if result.dtype != expected.dtype:
        return f"The numbers are of type {_dtype(result)}; they should be of type {_dtype(expected)}."
    result, expected = result.detach(), expected.detach()
    if not result.is_floating_point():
        wrong = int((result != expected).sum())
        return f"{wrong} of {expected.numel()} entries differ." if wrong else None
    if bool(result.isnan().any()) and not bool(expected.isnan().any()):
        return f"{int(result.isnan().sum())} of {result.numel()} entries are NaN, not a number."
    if torch.allclose(result, expected, rtol=tolerance, atol=tolerance, equal_nan=True):
        return None
    largest = (result - expected).abs().nan_to_num(nan=0.0, posinf=float("inf")).max().item()
    return f"The numbers differ from the right ones by up to {largest:.3g}."


def _number_difference(result: Any, expected: Any, tolerance: float) -> str | None:
    if isinstance(result, bool) or not isinstance(result, int | float | numpy.number | Tensor | numpy.ndarray):
        return f"It returned {describe(result)}, not a number."
    if isinstance(result, Tensor | numpy.ndarray) and tuple(result.shape) != ():
        return f"It returned {describe(result)}, not one number."
    mine, right = float(result), float(expected)
    same = (
        mine == right or abs(mine - right) <= tolerance * (1 + abs(right)) or (math.isnan(mine) and math.isnan(right))
    )
    return None if same else f"It returned {mine:.6g}; it should be {right:.6g}."


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _equal(result: Any, expected: Any) -> bool:
    try:
        return bool(result == expected)
    except Exception:  # an object whose == is itself broken, or gives an array
        return False
