"""Near copies: sign, gather candidates, look at each pair, and keep one text of each group.

LSH only proposes. Each candidate pair is compared shingle by shingle, so no pair below the threshold passes; what LSH
did not propose is lost. Copies of copies belong together, so pairs are joined into groups.

Paper: Lee et al. 2022, "Deduplicating Training Data Makes Language Models Better", section 4.2.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from llmcourse.corpus.cleaning.checks import Texts, checked_share, checked_texts
from llmcourse.corpus.cleaning.lsh import Pair, candidate_pairs
from llmcourse.corpus.cleaning.minhash import jaccard, shingles, signatures

BANDS, ROWS, THRESHOLD = 32, 4, 0.5


def similar_pairs(
    texts: Mapping[int, str], threshold: float = THRESHOLD, bands: int = BANDS, rows: int = ROWS, size: int = 3
) -> dict[Pair, float]:
    """Pairs of page numbers whose Jaccard similarity reaches the threshold, among those that LSH proposes."""
    checked_share("threshold", threshold)
    numbers = list(checked_texts(texts))
    sets = {number: shingles(text, size) for number, text in texts.items()}
    found = {}
    for i, j in sorted(candidate_pairs(signatures(texts, bands * rows, size), bands, rows)):
        pair = (numbers[i], numbers[j])
        if (similarity := jaccard(sets[pair[0]], sets[pair[1]])) >= threshold:
            found[pair] = similarity
    return found


def grouped(pairs: Iterable[Pair]) -> dict[int, int]:
    """For each number that occurs, the smallest number that it hangs together with."""
    leader: dict[int, int] = {}

    def find(number: int) -> int:
        leader.setdefault(number, number)
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for first, second in pairs:
        low, high = sorted((find(first), find(second)))
        leader[high] = low
    return {number: find(number) for number in leader}


def drop_near_copies(
    texts: Mapping[int, str], threshold: float = THRESHOLD, bands: int = BANDS, rows: int = ROWS
) -> Texts:
    """One text of each group of near copies, and every text that has none.

    Of a group, the text that is most similar to the others stays: each careless copyist makes mistakes of his own, so
    what most copies agree on is likely to be what was written. Of equals the first one stays.
    """
    pairs = similar_pairs(texts, threshold, bands, rows)
    likeness: dict[int, float] = defaultdict(float)
    for pair, similarity in pairs.items():
        for number in pair:
            likeness[number] += similarity
    best: dict[int, int] = {}
    for number, leader in sorted(grouped(pairs).items()):
        if leader not in best or likeness[number] > likeness[best[leader]] + 1e-9:
            best[leader] = number
    kept = set(best.values())
    return {number: text for number, text in texts.items() if number not in likeness or number in kept}
