"""The engine of plain numbers gets what PyTorch gets, whatever the computation, and none is too long for it."""

import inspect
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.training import autograd
from llmcourse.training.autograd import Value

OPERATIONS = ("+", "*", "-", "/", "tanh", "exp", "log", "**")


def compute(inputs, program):
    """Run a program of (operation, left, right) on Values or tensors; arguments stay small and legal."""
    known = list(inputs)
    for operation, left, right in program:
        a, b = known[left % len(known)], known[right % len(known)]
        known.append(
            {
                "+": lambda a, b: a + b,
                "-": lambda a, b: 1 - a - b,
                "*": lambda a, b: (a * b).tanh(),
                "/": lambda a, b: a / (b * b + 1),
                "tanh": lambda a, b: a.tanh(),
                "exp": lambda a, b: a.tanh().exp(),
                "log": lambda a, b: (a * a + 1).log(),
                "**": lambda a, b: (a * a + 0.5) ** 1.5 * 0.1,
            }[operation](a, b)
        )
    return sum(known[1:], known[0])


programs = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 9), st.integers(0, 9)), max_size=8)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=3), programs)
def test_the_gradients_are_those_of_pytorch(numbers, program):
    ours = [Value(number) for number in numbers]
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    a, b = compute(ours, program), compute(theirs, program)
    a.backward()
    b.backward()
    assert a.data == pytest.approx(b.item(), rel=1e-9, abs=1e-12)
    for mine, right in zip(ours, theirs, strict=True):
        assert mine.grad == pytest.approx(right.grad.item(), rel=1e-7, abs=1e-9)


def test_division_and_difference_from_the_left():
    x = Value(4.0)
    (1 / x + (3 - x)).backward()
    assert x.grad == pytest.approx(-1 / 16 - 1)


def test_a_value_used_twice_is_told_twice():
    a, b = Value(2), Value(-3)
    ((a * b + a) ** 2).backward()
    assert (a.grad, b.grad) == (16, -16)


def test_two_calls_add_up_as_in_pytorch():
    x = Value(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.grad == 12


def test_a_long_chain_needs_no_recursion():
    x = y = Value(1.0)
    for _ in range(5_000):
        y = y + 0.001
    y.backward()
    assert x.grad == 1


def test_many_ways_are_not_walked_one_by_one():
    x = y = Value(1.0)
    for _ in range(60):
        y = y * 0.5 + y * 0.5  # 2^60 ways from the end to the beginning
    y.backward()
    assert x.grad == pytest.approx(1)


def test_the_engine_fits_on_a_screen():
    code = [line for line in inspect.getsource(Value).splitlines() if line.strip()]
    assert len(code) <= 50
    assert len(inspect.getsource(autograd.backpropagate).splitlines()) <= 20


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Value(0.0).log(), "log\\(0\\) does not exist"),
        (lambda: Value(math.nan).log(), "log\\(nan\\)"),
        (lambda: Value(1000.0).exp(), "too large for a float"),
        (lambda: Value(-2.0) ** 0.5, "keep the base above 0"),
        (lambda: 1 / Value(0.0), "keep the base above 0"),
        (lambda: Value(1.0) + "2", "not with a str"),
    ],
)
def test_what_cannot_be_computed_is_one_clear_line(wrong, says):
    with pytest.raises(CourseError, match=says) as error:
        wrong()
    assert "\n" not in str(error.value)


def test_a_value_shows_its_number_and_its_gradient():
    assert repr(Value(1.5)) == "Value(1.5, grad=0)"
