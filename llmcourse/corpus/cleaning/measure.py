"""Measuring a cleaner against the truth, which only a simulated crawl has.

*Precision*: of what is there (or was thrown out, or was found), how much is right? *Recall*: of all that should be
there (or thrown out, or found), how much is? A cleaner that throws everything away leaves nothing wrong behind, and
one that keeps everything loses nothing: always look at both.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from llmcourse.corpus.cleaning.checks import checked_texts, checked_whole
from llmcourse.corpus.cleaning.exact import words_of
from llmcourse.corpus.cleaning.lsh import Pair
from llmcourse.corpus.cleaning.minhash import jaccard, shingles
from llmcourse.corpus.cleaning.privacy import find_private
from llmcourse.corpus.dirt import Page
from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Score:
    """Counts of what is right, what is there and what should be there."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what was wanted that was found; 1 where nothing was wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    def __str__(self) -> str:
        return f"precision {whole_percent(self.precision)}, recall {whole_percent(self.recall)}"


def whole_percent(share: float) -> str:
    """A share in whole per cent; never a 100% or a 0% that is not one."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(99, max(1, round(100 * share)))}%"


def checked_numbers(pages: Sequence[Page], texts: Mapping[int, str]) -> Mapping[int, str]:
    """The texts. Raises CourseError for a number that no page has."""
    for number in checked_texts(texts):
        if not isinstance(number, int) or not 0 <= number < len(pages):
            raise CourseError(f"there is no page {number!r}: the crawl has pages 0 to {len(pages) - 1}")
    return texts


def word_score(pages: Sequence[Page], texts: Mapping[int, str]) -> Score:
    """How many words of the texts are words of wanted stories, each story counted once, at its best page."""
    best: dict[int, int] = {}
    found = 0
    for number, text in checked_numbers(pages, texts).items():
        page, words = pages[number], words_of(text)
        found += len(words)
        if page.wanted and page.source is not None:
            matched = (Counter(words) & Counter(words_of(page.story))).total()
            best[page.source] = max(best.get(page.source, 0), matched)
    wanted = {page.source: page.story for page in pages if page.wanted}
    return Score(sum(best.values()), found, sum(len(words_of(story)) for story in wanted.values()))


def whole_stories(pages: Sequence[Page], texts: Mapping[int, str]) -> set[int]:
    """The sources of wanted stories that stand in a text word for word; how lines are broken does not matter."""
    found = set()
    for number, text in checked_numbers(pages, texts).items():
        page = pages[number]
        if page.wanted and page.source is not None and page.story in " ".join(text.split()):
            found.add(page.source)
    return found


def removal_score(pages: Sequence[Page], before: Mapping[int, str], after: Mapping[int, str], what: str) -> Score:
    """How well a filter removed what it was made for: "worthless" pages, "leaked" ones, or "copies".

    A page is a copy too many when another page with the same source is kept: which of them is kept does not matter.
    Raises CourseError for another word, or when `after` has pages that were not there before.
    """
    checked_numbers(pages, before)
    if strange := set(after) - set(before):
        raise CourseError(f"page {min(strange)} is there after the filter, but was not before")
    gone = set(before) - set(after)
    if what == "worthless":
        bad = {number for number in before if not pages[number].story}
    elif what == "leaked":
        bad = {number for number in before if pages[number].leaked}
    elif what == "copies":
        kept = Counter(pages[number].source for number in after if pages[number].source is not None)
        right = sum(kept[pages[number].source] > 0 for number in gone)
        return Score(right, len(gone), right + sum(count - 1 for count in kept.values()))
    else:
        raise CourseError(f"what is {what!r}: choose 'worthless', 'leaked' or 'copies'")
    return Score(len(gone & bad), len(gone), len(bad))


def parts(pages: Sequence[Page], texts: Mapping[int, str]) -> dict[str, int]:
    """What kinds of pages are there: one for each wanted story, further copies, worthless ones, test stories."""
    kept = [pages[number] for number in checked_numbers(pages, texts)]
    stories = {page.source for page in kept if page.wanted}
    return {
        "one page for each story": len(stories),
        "copies too many": sum(page.wanted for page in kept) - len(stories),
        "worthless": sum(not page.story for page in kept),
        "test set": sum(bool(page.story) and page.leaked for page in kept),
    }


def privacy_score(pages: Sequence[Page], texts: Mapping[int, str]) -> Score:
    """How many of the private strings in these texts `find_private` finds, and how much else."""
    right = found = wanted = 0
    for number, text in checked_numbers(pages, texts).items():
        strings = Counter({string: text.count(string) for string in set(pages[number].private)})
        spans = Counter(text[start:end] for start, end, _ in find_private(text))
        right, found, wanted = right + (strings & spans).total(), found + spans.total(), wanted + strings.total()
    return Score(right, found, wanted)


def labelled_pairs(
    pages: Sequence[Page], texts: Mapping[int, str], strangers: int = 20_000, seed: int = 0
) -> tuple[dict[Pair, float], dict[Pair, float]]:
    """The Jaccard similarities of all pairs with one source, and of this many random pairs with two.

    Pairs count places in `texts`, not page numbers: they fit the rows of `signatures(texts)`.
    """
    checked_whole("strangers", strangers, least=0)
    sets = [shingles(text) for text in checked_numbers(pages, texts).values()]
    sources = [pages[number].source for number in texts]
    by_source: dict[int, list[int]] = defaultdict(list)
    for place, source in enumerate(sources):
        if source is not None:
            by_source[source].append(place)
    same = {(i, j): jaccard(sets[i], sets[j]) for group in by_source.values() for i, j in combinations(group, 2)}
    rng, other = Random(seed), dict[Pair, float]()
    for _ in range(strangers):
        i, j = sorted(int(rng.random() * len(sets)) for _ in range(2))
        if sources[i] != sources[j]:
            other[i, j] = jaccard(sets[i], sets[j])
    return same, other
