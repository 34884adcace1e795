"""Exercise: the walk back through a computation."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.autograd import Value, backpropagate


def gradients(answer, formula, numbers):
    """The gradients that an answer leaves in the inputs of a formula. None: it did nothing at all."""
    inputs = [Value(number) for number in numbers]
    result = formula(*inputs)
    answer(result)
    found = torch.tensor([float(value.grad) for value in inputs])
    return None if result.grad == 0 and not found.any() else found


def product(x, y):
    return x * y + x


def twice(x):
    return x * x


def long_and_short_way(x, y):
    """x reaches the end by a short way and by a long one; the long one arrives later."""
    longer = (x * y).tanh() * 2
    return longer * x + longer


def chain(x):
    return ((x * 0.5).tanh() * 3).exp()


def diamonds(x, y):
    first = x * y
    second = first + first * x
    return second * second


def order_of_birth(result):
    """All values behind the result, the youngest first."""
    behind, waiting = {result}, [result]
    while waiting:
        for parent, _ in waiting.pop().parents:
            if parent not in behind:
                behind.add(parent)
                waiting.append(parent)
    return sorted(behind, key=lambda value: -value.born)


def walk_with(hand_over):
    """The right walk with another way to hand a gradient to a parent: to write a mistake in a line."""

    def backpropagate(result):
        result.grad = 1.0
        for value in order_of_birth(result):
            for parent, slope in value.parents:
                parent.grad = hand_over(parent, slope, value)

    return backpropagate


def along_every_path(result):
    def go_on(value):
        for parent, slope in value.parents:
            parent.grad += slope * value.grad
            go_on(parent)

    result.grad = 1.0
    go_on(result)


def as_they_come(result):
    result.grad = 1.0
    waiting, seen = [result], {result}
    while waiting:
        value = waiting.pop(0)
        for parent, slope in value.parents:
            parent.grad += slope * value.grad
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)


def only_the_parents(result):
    result.grad = 1.0
    for parent, slope in result.parents:
        parent.grad += slope


BACKPROPAGATE = Exercise(
    key="backpropagate",
    title="The walk back",
    task="Write `backpropagate(result)`: it leaves in the `grad` of every value behind `result` how the result changes "
    "with it. A value's `parents` are pairs of a value and a slope; its `born` counts up, so that parents have smaller "
    "numbers than their children.",
    difficulty=2,
    minutes=15,
    answer=backpropagate,
    use=gradients,
    cases={
        "for x * y + x": lambda draw: (product, (2.0, 3.0)),
        "where one value is used twice": lambda draw: (twice, (3.0,)),
        "for a chain": lambda draw: (chain, (0.4,)),
        "where one way is longer than another": lambda draw: (long_and_short_way, (0.5, 0.8)),
        "for a diamond in a diamond": lambda draw: (diamonds, (0.7, -0.4)),
    },
    known_mistakes={
        "overwrites": (
            walk_with(lambda parent, slope, value: slope * value.grad),
            "You *set* the gradient of a parent. A value that is used twice is told twice, and both count: add.",
        ),
        "no slope": (
            walk_with(lambda parent, slope, value: parent.grad + value.grad),
            "You hand the gradient on as it is. On its way to a parent it is multiplied by the slope in the pair.",
        ),
        "the number instead of the slope": (
            walk_with(lambda parent, slope, value: parent.grad + parent.data * value.grad),
            "You multiply by the parent's own number. It is the slope that counts: for x * y, the slope of x is y.",
        ),
        "along every path": (
            along_every_path,
            "A value that is reached twice hands on its *whole* gradient twice. Hand on only once, when all has come.",
        ),
        "as they come": (
            as_they_come,
            "You go on to a value as soon as you meet it, when a longer way may still bring it something. All children "
            "first: what order do their `born` numbers give?",
        ),
        "one step only": (
            only_the_parents,
            "What you hand on gets no further than the parents of the result. Their parents want to know too: begin "
            "at the result, and go on to the inputs.",
        ),
    },
    hints=[
        "The result's own gradient is 1: it grows by one when it grows by one. From there, go back.",
        "First collect all values behind the result: a set, and a list of those whose parents you have not looked at.",
        "Go through them, the youngest first: `sorted(behind, key=lambda value: value.born, reverse=True)`.",
        "For each of them and each of its pairs: `parent.grad += slope * value.grad`.",
    ],
)
