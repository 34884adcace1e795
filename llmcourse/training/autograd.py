"""Automatic differentiation of plain numbers, in a screen's length: what PyTorch does for tensors.

Every result remembers its *parents*, the values that it was computed from, and for each of them a *slope*: by how much
the result grows when that parent grows by one. Going back from the end, a value's gradient is handed to its parents,
each time multiplied by the slope: the chain rule. The gradients of all values come out of a single walk.

Paper: Rumelhart, Hinton and Williams 1986, "Learning Representations by Back-Propagating Errors".
"""

import math
from itertools import count
from typing import Any

from llmcourse.errors import CourseError

Number = int | float
_births = count()


class Value:
    """A number that knows where it comes from. `grad`: how the end result of a computation changes with it."""

    def __init__(self, data: Number, parents: "tuple[tuple[Value, float], ...]" = ()):
        self.data, self.parents, self.grad = float(data), parents, 0.0
        self.born = next(_births)  # parents are always born before their children

    def __add__(self, other: "Value | Number") -> "Value":
        other = as_value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: "Value | Number") -> "Value":
        other = as_value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, power: Number) -> "Value":
        if (self.data == 0 and power < 1) or (self.data < 0 and power != int(power)):
            raise CourseError(f"{self.data:g} to the power {power:g} has no slope: keep the base above 0")
        return Value(self.data**power, ((self, power * self.data ** (power - 1)),))

    def exp(self) -> "Value":
        if self.data > 709:
            raise CourseError(f"exp({self.data:g}) is too large for a float: subtract the largest score before exp")
        return Value(math.exp(self.data), ((self, math.exp(self.data)),))

    def log(self) -> "Value":
        if not self.data > 0:
            raise CourseError(f"log({self.data:g}) does not exist: the logarithm needs a number above 0")
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def tanh(self) -> "Value":
        return Value(math.tanh(self.data), ((self, 1 - math.tanh(self.data) ** 2),))

    def backward(self) -> None:
        backpropagate(self)

    def __neg__(self) -> "Value":
        return self * -1

    def __sub__(self, other: "Value | Number") -> "Value":
        return self + -as_value(other)

    def __truediv__(self, other: "Value | Number") -> "Value":
        return self * as_value(other) ** -1

    def __rsub__(self, other: Number) -> "Value":
        return as_value(other) - self

    def __rtruediv__(self, other: Number) -> "Value":
        return as_value(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"


def backpropagate(result: "Value") -> None:
    """Add to the `grad` of every value behind `result` how `result` changes with it."""
    behind = {result}
    waiting = [result]
    while waiting:
        for parent, _ in waiting.pop().parents:
            if parent not in behind:
                behind.add(parent)
                waiting.append(parent)

    arriving = dict.fromkeys(behind, 0.0)
    arriving[result] = 1.0
    for value in sorted(behind, key=lambda value: value.born, reverse=True):  # children before their parents
        for parent, slope in value.parents:
            arriving[parent] += slope * arriving[value]
        value.grad += arriving[value]  # as in PyTorch: two calls add up


def as_value(number: Any) -> Value:
    if not isinstance(number, Value | int | float):
        raise CourseError(f"a Value computes with numbers and Values, not with a {type(number).__name__}")
    return number if isinstance(number, Value) else Value(number)
