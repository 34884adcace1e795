"""Exercise: the best span, not the two best places."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.answers import best_span, span_scores


def a_span(trial):
    result = trial.result
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two numbers: the first token of the best span, and its last."
    first, last = map(int, result)
    if last < first:
        return f"Your span ends before it begins {trial.case}: no two places make an answer that do not go forwards."
    longest = trial.inputs[2]
    if last - first + 1 > longest:
        return f"Your span has {last - first + 1} tokens {trial.case}; at most {longest} are allowed."
    return None


def separately(starts, ends, longest):
    return int(starts.argmax()), int(ends.argmax())


def end_after_start(starts, ends, longest):
    first = int(starts.argmax())
    return first, first + int(ends[first : first + longest].argmax())


def start_before_end(starts, ends, longest):
    last = int(ends.argmax())
    begin = max(0, last - longest + 1)
    return begin + int(starts[begin : last + 1].argmax()), last


def by_product(starts, ends, longest):
    scores = span_scores(starts, ends, longest)
    products = (starts[:, None] * ends[None, :]).masked_fill(scores == -torch.inf, -torch.inf)
    return divmod(int(products.argmax()), len(ends))


def random_scores(n, longest):
    return lambda draw: (draw(n), draw(n), longest)


BEST_SPAN = Exercise(
    key="best_span",
    title="The best span",
    task="Write `best_span(starts, ends, longest)`: of all spans from a `first` to a `last` token that go forwards "
    "(`first <= last`) and have at most `longest` tokens, the one with the largest `starts[first] + ends[last]`. "
    "Both are "
    "tensors of one score a token; return `(first, last)`.",
    difficulty=2,
    minutes=20,
    answer=best_span,
    cases={
        "for one token": lambda draw: (torch.tensor([1.0]), torch.tensor([2.0]), 4),
        "where the best end lies before the best start": lambda draw: (
            torch.tensor([0.0, 1.0, 6.0, 0.0]),
            torch.tensor([6.0, 1.0, 3.0, 0.0]),
            4,
        ),
        "where two fair places beat a good one": lambda draw: (
            torch.tensor([5.0, 0.0, 0.0, 4.0, 0.0]),
            torch.tensor([0.0, 0.0, 0.0, 0.0, 7.0]),
            3,
        ),
        "where the best start has no good end": lambda draw: (
            torch.tensor([0.0, 4.0, 0.0, 5.0]),
            torch.tensor([0.0, 6.0, 0.0, 1.0]),
            4,
        ),
        "for scores below nought": lambda draw: (torch.tensor([-5.0, -1.0, -3.0]), torch.tensor([-4.0, -2.0, -1.5]), 2),
        "for spans of exactly the greatest length": lambda draw: (
            torch.tensor([9.0, 0.0, 0.0, 1.0]),
            torch.tensor([0.0, 0.0, 9.0, 9.5]),
            3,
        ),
        "for twenty tokens": random_scores(20, 5),
        "for fifty tokens": random_scores(50, 8),
    },
    tests=[a_span],
    known_mistakes={
        "separately": (
            separately,
            "You take the best beginning and the best end, each by itself. Together they may be no span: look at "
            "pairs.",
        ),
        "start first": (
            end_after_start,
            "You fix the best beginning, and then look for its best end. A second-best beginning with a much better "
            "end "
            "can win.",
        ),
        "end first": (
            start_before_end,
            "You fix the best end, and then look for its best beginning. A second-best end with a much better "
            "beginning "
            "can win.",
        ),
        "one too long": (
            lambda starts, ends, longest: best_span(starts, ends, longest + 1),
            "You allow spans that are one token too long: from `first` to `last` there are `last - first + 1` tokens.",
        ),
        "one too short": (
            lambda starts, ends, longest: best_span(starts, ends, max(1, longest - 1)),
            "You forbid spans of exactly `longest` tokens: from `first` to `last` there are `last - first + 1`.",
        ),
        "products": (
            by_product,
            "You multiply the scores. They are logits, logarithms of probabilities: where those are multiplied, logits "
            "are added (and two scores below 0 would make a large product).",
        ),
    },
    hints=[
        "Two loops will do: over every `first`, and over every `last` from `first` to `first + longest - 1`.",
        "Remember the best score so far and its span; begin with a score of minus infinity, for all may be below 0.",
        "Do not run over the end: `range(first, min(first + longest, len(ends)))`.",
        "Without loops: `starts[:, None] + ends[None, :]` is a table of all pairs. Put `-inf` where the pair is no "
        "span, "
        "and `divmod(int(table.argmax()), len(ends))` gives row and column.",
    ],
)
