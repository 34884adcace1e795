"""Decontamination: what a model will be tested on must not be among what it learns from.

A training text is suspect when too many of its runs of words occur in the test set. A single shared run proves little
where texts resemble each other anyway, so what counts is the share.

Paper: Brown et al. 2020, "Language Models are Few-Shot Learners", appendix C (runs of 13 words).
"""

from collections.abc import Collection, Iterable, Mapping

from llmcourse.corpus.cleaning.checks import Texts, checked_share, checked_texts
from llmcourse.corpus.cleaning.minhash import shingles

RUN, THRESHOLD = 13, 0.6


def runs_of(documents: Iterable[str], size: int = RUN) -> set[str]:
    """All runs of `size` words in these documents."""
    return set().union(*(shingles(document, size) for document in documents))


def overlap(text: str, known_runs: Collection[str], size: int = RUN) -> float:
    """The share of a text's runs that are among `known_runs`; 0 for a text without words."""
    runs = shingles(text, size)
    return sum(run in known_runs for run in runs) / len(runs) if runs else 0.0


def drop_contaminated(
    texts: Mapping[int, str], held_out: Iterable[str], threshold: float = THRESHOLD, size: int = RUN
) -> Texts:
    """The texts less than `threshold` of whose runs occur in the held-out documents."""
    checked_share("threshold", threshold)
    known = runs_of(held_out, size)
    return {number: text for number, text in checked_texts(texts).items() if overlap(text, known, size) < threshold}
