"""Exercise: the words of a text that a gap could be filled from."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from collections import Counter

from llmcourse.course.exercise import Exercise
from llmcourse.training.repeated import repeated_places


def is_a_dict_of_places(trial):
    row, _ = trial.inputs
    if not isinstance(trial.result, dict):
        return f"Return a dict that gives the places of each word, not a {type(trial.result).__name__}."
    for id, places in trial.result.items():
        wrong = [at for at in places if not (0 <= at < len(row) and row[at] == id)]
        if wrong:
            return f"You say that word {id} stands at {wrong[0]}, and it does not {trial.case}."
    return None


def found(row, wanted, offset=0, skip=0):
    """Words whose number of places is `wanted`: to write a mistake in a line."""
    counts = Counter(row)
    return {
        id: [at - offset for at, other in enumerate(row) if other == id][skip:] for id in counts if wanted(counts[id])
    }


REPEATED_PLACES = Exercise(
    key="repeated_places",
    title="Words that can be copied",
    task="Write `repeated_places(row, most)`: for each id that stands in `row` twice or more, and at most `most` "
    "times, the list of its places (0 is the first of the row). Return a dict of id and places.",
    difficulty=1,
    minutes=10,
    answer=repeated_places,
    cases={
        "in a row with one pair": lambda draw: ([1, 5, 6, 5, 7, 2], 4),
        "in a row without a repeated word": lambda draw: ([1, 5, 6, 7, 2], 4),
        "with a word that stands too often": lambda draw: ([1, 9, 5, 9, 5, 9, 6, 2], 2),
        "in a row of random words": lambda draw: ([1, *draw.integers(3, 12, 25).tolist(), 2], 3),
    },
    tests=[is_a_dict_of_places],
    known_mistakes={
        "too often as well": (
            lambda row, most: found(row, lambda n: n >= 2),
            "You keep words that stand more than `most` times. Their neighbours give them away: nothing has to be "
            "looked for.",
        ),
        "once is enough": (
            lambda row, most: found(row, lambda n: n <= most),
            "You keep words that stand once. Hide such a word, and there is nothing left to copy it from.",
        ),
        "without the first": (
            lambda row, most: found(row, lambda n: 2 <= n <= most, skip=1),
            "You leave out the first place of each word. It may be hidden as well: the others then give it away.",
        ),
        "counted without <bos>": (
            lambda row, most: found(row, lambda n: 2 <= n <= most, offset=1),
            "You say that word",
        ),
    },
    hints=[
        "One pass over `enumerate(row)` is enough to write down the places of every id.",
        "`places.setdefault(id, []).append(at)` makes the list at the first place, and adds to it later.",
        "Then keep those with `2 <= len(found) <= most`, in a dict comprehension over `places.items()`.",
    ],
)
