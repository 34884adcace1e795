"""Locality-sensitive hashing: which pairs are worth a look, without looking at all pairs.

Cut each signature into bands of a few rows. Two texts that agree in all rows of at least one band meet in the same
bucket of that band, and become a candidate pair. For two texts of similarity s the chance is

    1 - (1 - s^rows)^bands

which is nearly 0 for small s, nearly 1 for large s, and climbs steeply between: an S.

Papers: Indyk and Motwani 1998, "Approximate nearest neighbors"; Leskovec, Rajaraman and Ullman 2020, "Mining of Massive
Datasets", chapter 3.
"""

from collections import defaultdict
from itertools import combinations

from jaxtyping import Int
from torch import Tensor

from llmcourse.corpus.cleaning.checks import checked_share, checked_whole
from llmcourse.errors import CourseError

Pair = tuple[int, int]


def chance_to_meet(similarity: float, bands: int, rows: int) -> float:
    """The probability that two texts of this similarity become a candidate pair."""
    checked_whole("bands", bands)
    checked_whole("rows", rows)
    return 1 - (1 - checked_share("similarity", similarity) ** rows) ** bands


def candidate_pairs(signatures: Int[Tensor, "text order"], bands: int, rows: int) -> set[Pair]:
    """The pairs (i, j), i < j, whose signatures agree in all rows of at least one band.

    Band 0 holds the numbers 0 to rows - 1 of each signature, band 1 the next ones; what is left over is not used.
    Raises CourseError when the signatures are too short for so many bands.
    """
    needed = checked_whole("bands", bands) * checked_whole("rows", rows)
    if signatures.ndim != 2 or signatures.shape[1] < needed:
        raise CourseError(f"{bands} bands of {rows} rows need signatures of {needed} numbers, a row for each text")
    pairs: set[Pair] = set()
    for band in range(bands):
        buckets: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for text, numbers in enumerate(signatures[:, band * rows : (band + 1) * rows].tolist()):
            buckets[tuple(numbers)].append(text)
        for bucket in buckets.values():
            pairs.update(combinations(bucket, 2))
    return pairs


def best_bands(numbers: int, alike: float, unlike: float) -> tuple[int, int]:
    """The (bands, rows) that tell pairs of similarity `alike` from pairs of similarity `unlike` best.

    At most `numbers` numbers of a signature may be used. Best is where the chances to meet are furthest apart; of
    equals, the one with fewer rows.
    """
    checked_whole("numbers", numbers)

    def distance(bands: int, rows: int) -> float:
        return chance_to_meet(alike, bands, rows) - chance_to_meet(unlike, bands, rows)

    options = [(bands, rows) for rows in range(1, numbers + 1) for bands in range(1, numbers // rows + 1)]
    return max(options, key=lambda option: distance(*option))
