"""Exercise: candidate pairs by bands."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from itertools import combinations

import torch

from llmcourse.corpus.cleaning.lsh import candidate_pairs
from llmcourse.course.exercise import Exercise


def is_a_set_of_pairs(trial):
    if not isinstance(trial.result, set | frozenset):
        return "Return a set of pairs, such as `{(0, 3), (1, 2)}`: a pair that meets in two bands is one pair."
    if any(not isinstance(pair, tuple) or len(pair) != 2 for pair in trial.result):
        return "Each member of the set is a pair of row numbers, `(0, 3)`."
    return None


def smaller_number_first(trial):
    for pair in trial.result:
        if pair[0] == pair[1]:
            return f"The pair {pair} is a text with itself ({trial.case})."
        if pair[0] > pair[1]:
            return f"Write the smaller number first: {pair[::-1]}, not {pair}. Else a pair could be there twice."
    return None


def meet(signatures, bands, rows, together=all, step=None):
    """Pairs of which `together` (all or any) of the rows of a band are equal."""
    found = set()
    for i, j in combinations(range(len(signatures)), 2):
        for band in range(bands):
            start = band * (rows if step is None else step)
            same = signatures[i, start : start + rows] == signatures[j, start : start + rows]
            if together(same.tolist()):
                found.add((i, j))
    return found


def all_bands_in_one_table(signatures, bands, rows):
    buckets: dict = {}
    for text, row in enumerate(signatures.tolist()):
        for band in range(bands):
            buckets.setdefault(tuple(row[band * rows : (band + 1) * rows]), set()).add(text)
    return {pair for bucket in buckets.values() for pair in combinations(sorted(bucket), 2)}


def every_band(signatures, bands, rows):
    return {
        (i, j)
        for i, j in combinations(range(len(signatures)), 2)
        if (signatures[i, : bands * rows] == signatures[j, : bands * rows]).all()
    }


def neighbours_only(signatures, bands, rows):
    found = set()
    for band in range(bands):
        last: dict = {}
        for text, row in enumerate(signatures.tolist()):
            key = tuple(row[band * rows : (band + 1) * rows])
            if key in last:
                found.add((last[key], text))
            last[key] = text
    return found


CANDIDATE_PAIRS = Exercise(
    key="candidate_pairs",
    title="Candidate pairs",
    task="Write `candidate_pairs(signatures, bands, rows)`: the set of pairs (i, j), i < j, of rows that agree in all "
    "numbers of at least one band.",
    difficulty=2,
    minutes=20,
    answer=candidate_pairs,
    cases={
        "for three texts and two bands": lambda draw: (torch.tensor([[1, 2, 3, 4], [1, 2, 9, 9], [8, 8, 3, 4]]), 2, 2),
        "for texts with nothing in common": lambda draw: (torch.tensor([[1, 2], [3, 4]]), 1, 2),
        "for the same numbers in another band": lambda draw: (torch.tensor([[1, 2, 3, 4], [3, 4, 1, 2]]), 2, 2),
        "for one number in common": lambda draw: (torch.tensor([[1, 2, 3, 4], [1, 7, 7, 4]]), 2, 2),
        "for the middle two in common": lambda draw: (torch.tensor([[1, 2, 3, 4], [7, 2, 3, 7]]), 2, 2),
        "for three alike": lambda draw: (torch.tensor([[1, 2], [1, 2], [1, 2]]), 1, 2),
        "for bands of three": lambda draw: (draw.integers(0, 2, 12, 9), 3, 3),
        "for forty random texts": lambda draw: (draw.integers(0, 3, 40, 12), 4, 3),
        "for numbers left over at the end": lambda draw: (torch.tensor([[1, 2, 5], [3, 4, 5]]), 1, 2),
        "for no text at all": lambda draw: (torch.zeros(0, 4, dtype=torch.long), 2, 2),
    },
    tests=[is_a_set_of_pairs, smaller_number_first],
    known_mistakes={
        "bands share a table": (
            all_bands_in_one_table,
            "Two texts met that have the same numbers in *different* bands. Each band needs buckets of its own.",
        ),
        "one row is enough": (
            lambda s, bands, rows: meet(s, bands, rows, together=any),
            "One equal number is enough in yours. A band counts only if all of its numbers are equal.",
        ),
        "every band": (
            every_band,
            "Yours have to agree in every band. One band is enough: that is why there are several.",
        ),
        "overlapping bands": (
            lambda s, bands, rows: meet(s, s.shape[1] - rows + 1, rows, step=1),
            "Your bands overlap. Band 0 has the numbers 0 to rows - 1, band 1 begins at place `rows`.",
        ),
        "bands and rows exchanged": (
            lambda s, bands, rows: meet(s, rows, bands),
            "You cut the signature into `rows` bands of `bands` numbers: it is the other way round.",
        ),
        "neighbours only": (
            neighbours_only,
            "Where three texts lie in one bucket you pair each with the next one only. All pairs of a bucket are "
            "candidates.",
        ),
    },
    hints=[
        "For one band: which texts have the same numbers in it? A dictionary from these numbers to a list of texts "
        "answers that in one pass, without comparing pairs.",
        "The key of text i in a band is `tuple(signatures[i, band * rows : (band + 1) * rows].tolist())`; a tensor "
        "itself makes a poor key.",
        "For each band begin with an empty dictionary; `buckets.setdefault(key, []).append(i)` files a text.",
        "`itertools.combinations(bucket, 2)` gives all pairs of a bucket, the earlier text first; add them to the set "
        "with `pairs.update(...)`.",
    ],
)
