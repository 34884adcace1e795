"""Exercise: how to cut a signature."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.corpus.cleaning.lsh import best_bands, chance_to_meet
from llmcourse.course.exercise import Exercise


def a_pair_within_the_budget(trial):
    numbers = trial.inputs[0]
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two whole numbers: the bands and the rows."
    bands, rows = trial.result
    if min(bands, rows) < 1 or bands * rows > numbers:
        return f"{bands} bands of {rows} rows need {bands * rows} numbers, and there are {numbers} ({trial.case})."
    return None


def search(score, whole_only=False):
    def choose(numbers, alike, unlike):
        options = [
            (bands, rows)
            for rows in range(1, numbers + 1)
            for bands in range(1, numbers // rows + 1)
            if not whole_only or bands * rows == numbers
        ]
        return max(options, key=lambda option: score(*option, alike, unlike))

    return choose


def apart(bands, rows, alike, unlike):
    return chance_to_meet(alike, bands, rows) - chance_to_meet(unlike, bands, rows)


BEST_BANDS = Exercise(
    key="best_bands",
    title="How to cut a signature",
    task="Write `best_bands(numbers, alike, unlike)`: the `(bands, rows)`, at most `numbers` in all, for which the "
    "chance to meet at similarity `alike` lies furthest above the chance at `unlike`.",
    difficulty=3,
    minutes=20,
    answer=best_bands,
    cases={
        "for 4 numbers, 0.8 and 0.2": lambda draw: (4, 0.8, 0.2),
        "for 128 numbers, 0.7 and 0.2": lambda draw: (128, 0.7, 0.2),
        "for 128 numbers, 0.9 and 0.8": lambda draw: (128, 0.9, 0.8),
        "for 50 numbers, 0.3 and 0.1": lambda draw: (50, 0.3, 0.1),
        "for one number": lambda draw: (1, 0.6, 0.3),
        "for 31 numbers, 0.5 and 0.25": lambda draw: (31, 0.5, 0.25),
    },
    tests=[a_pair_within_the_budget],
    known_mistakes={
        "catch all that is alike": (
            search(lambda bands, rows, alike, unlike: chance_to_meet(alike, bands, rows)),
            "You look at the similar pairs only, and end with bands of one row, where everybody meets everybody. The "
            "other chance has to be small at the same time.",
        ),
        "avoid all that is not": (
            search(lambda bands, rows, alike, unlike: -chance_to_meet(unlike, bands, rows)),
            "You look at the different pairs only. Nobody meets where bands are long, similar texts included.",
        ),
        "the ratio": (
            search(
                lambda bands, rows, alike, unlike: (
                    chance_to_meet(alike, bands, rows) / max(1e-300, chance_to_meet(unlike, bands, rows))
                )
            ),
            "You take the largest quotient of the two chances. That favours cuts where both are nearly nothing; the "
            "largest difference is asked for.",
        ),
        "all numbers used": (
            search(apart, whole_only=True),
            "You try only cuts that use up every number. For 31 that leaves two. A few numbers may be left over.",
        ),
        "rows first": (
            lambda numbers, alike, unlike: search(apart)(numbers, alike, unlike)[::-1],
            "The right numbers in the wrong order: bands first, then rows. (Or have the two changed places in your "
            "formula?)",
        ),
    },
    hints=[
        "There are only a few hundred ways to cut 128 numbers: try them all. For each number of rows, which numbers of "
        "bands still fit?",
        "`chance_to_meet(similarity, bands, rows)` is the S-curve. You want it high at `alike` and low at `unlike`: "
        "what is the one number to make as large as possible?",
        "List the options, `[(bands, rows) for rows in range(1, numbers + 1) for bands in range(1, numbers // rows + "
        "1)]`, and take the `max` with a `key`.",
        "The key is `chance_to_meet(alike, bands, rows) - chance_to_meet(unlike, bands, rows)`.",
    ],
)
