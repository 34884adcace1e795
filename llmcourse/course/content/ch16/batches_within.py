"""An exercise with many right answers: batches that waste little."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import random

from llmcourse.course.exercise import Exercise
from llmcourse.inference.inputs import batches_within

MOST_PADDING = 0.08
SPARE = 1.15  # how many batches more than full ones would be needed


def every_row_once(trial):
    lengths, _ = trial.inputs
    if not isinstance(trial.result, list | tuple) or not all(isinstance(batch, list | tuple) for batch in trial.result):
        return "Return a list of batches, each a list of the numbers of its rows."
    found = sorted(int(number) for batch in trial.result for number in batch)
    if found != list(range(len(lengths))):
        lost = len(lengths) - len(set(found))
        what = f"{lost} are in no batch" if lost else "some are in several"
        return f"Every row belongs to exactly one batch, by its number from 0 {trial.case}: {what}."
    return None


def places(lengths, batch):
    return len(batch) * max(lengths[int(number)] for number in batch) if len(batch) else 0


def none_too_large(trial):
    lengths, most = trial.inputs
    largest = max((places(lengths, batch) for batch in trial.result), default=0)
    if largest > most:
        return (
            f"One of your batches has {largest} places {trial.case}, and {most} are allowed. A batch costs its "
            f"number of "
            "rows times its *longest* row."
        )
    return None


def little_wasted(trial):
    lengths, most = trial.inputs
    if len(lengths) < 100:
        return None  # with a handful of rows there may be no better way
    taken = sum(places(lengths, batch) for batch in trial.result)
    padding = 1 - sum(lengths) / taken
    if padding > MOST_PADDING:
        return (
            f"{padding:.0%} of your places are padding {trial.case}; the goal is {MOST_PADDING:.0%}. Which rows should "
            "share a batch?"
        )
    needed = sum(lengths) / most
    if len(trial.result) > SPARE * needed + 1:
        return (
            f"You make {len(trial.result)} batches {trial.case}, and about {needed:.0f} full ones would hold "
            f"everything. "
            "Small batches waste no padding, but the machine: fill them up."
        )
    return None


def of_lengths(n, low, high, most):
    return lambda draw: (draw.integers(low, high + 1, n).tolist(), most)


def as_they_come(lengths, most_places):
    """Rows in the order given, each batch as full as it may be."""
    batches: list = []
    for number in range(len(lengths)):
        if batches and places(lengths, [*batches[-1], number]) <= most_places:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def by_tokens(lengths, most_places):
    """Counts tokens, not places."""
    batches: list = []
    for number in random.Random(0).sample(range(len(lengths)), len(lengths)):
        if batches and sum(lengths[n] for n in batches[-1]) + lengths[number] <= most_places:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def lost_the_last(lengths, most_places):
    full = batches_within(lengths, most_places)
    return full[:-1] if len(full) > 1 else [batch[:-1] for batch in full]


BATCHES_WITHIN = Exercise(
    key="batches_within",
    title="Batches that waste little",
    task="Write `batches_within(lengths, most_places)`: lists of row numbers such that every row is in one batch, no "
    "batch "
    f"has more than `most_places` places (rows times its longest row), less than {MOST_PADDING:.0%} of all places are "
    "padding, and there are few more batches than full ones would be.",
    difficulty=3,
    minutes=20,
    answer=batches_within,
    compare=False,  # many plans do it
    cases={
        "for three rows": lambda draw: ([5, 9, 4], 20),
        "for one row that just fits": lambda draw: ([8], 8),
        "for 1,000 texts of 10 to 120 tokens": of_lengths(1000, 10, 120, 4096),
        "for 500 texts of 1 to 60 tokens": of_lengths(500, 1, 60, 1024),
        "for 300 texts of one length": of_lengths(300, 40, 40, 1000),
    },
    tests=[every_row_once, none_too_large, little_wasted],
    known_mistakes={
        "as they come": (
            as_they_come,
            "of your places are padding",
        ),
        "tokens counted": (
            by_tokens,
            "A batch costs its number of rows times its *longest* row.",
        ),
        "one row each": (
            lambda lengths, most_places: [[number] for number in range(len(lengths))],
            "Small batches waste no padding, but the machine: fill them up.",
        ),
        "the last is lost": (
            lost_the_last,
            "Every row belongs to exactly one batch",
        ),
    },
    hints=[
        "Padding comes from rows of different lengths side by side. In which order would neighbours be alike?",
        "Go through the rows by their length, shortest first: `sorted(range(len(lengths)), key=lambda n: lengths[n])`.",
        "Then the row that you are about to add is always the longest of its batch: with it, the batch has "
        "`(len(batch) + 1) * lengths[number]` places.",
        "If that is at most `most_places`, append the row to the last batch; otherwise it begins a new one.",
    ],
)
