"""Train byte-level BPE: merge the most frequent pair of neighbours, again and again.

`count_pairs` and `merge_pair` are the two halves of the idea. Counting everything anew for each merge takes hours for
a large text; `merge_steps` keeps the counts and changes only those that a merge changes.

Papers: Gage (1994), A New Algorithm for Data Compression; Sennrich, Haddow and Birch (2016), Neural Machine
Translation of Rare Words with Subword Units.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from llmcourse.corpus.tokenizers.byte_characters import ALPHABET, to_characters
from llmcourse.corpus.tokenizers.inputs import checked_text
from llmcourse.corpus.tokenizers.pieces import GPT2_PATTERN, pieces
from llmcourse.errors import CourseError


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """How often each pair of neighbouring tokens occurs, in words that occur so many times.

    `words` maps a word, as a tuple of its tokens, to the number of times that it is in the text.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for word, times in words.items():
        for pair in pairwise(word):
            counts[pair] += times
    return counts


def merge_pair(tokens: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """The tokens, with every occurrence of the pair made into one token. From left to right: `aaa` gives `aa` `a`."""
    merged: list[str] = []
    at = 0
    while at < len(tokens):
        if tuple(tokens[at : at + 2]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


class Merge(NamedTuple):
    """One step of training: which pair was merged, and what the step cost."""

    left: str
    right: str
    times: int  # how often the pair was in the text
    looked_at: int  # tokens in the words that hold the pair: what this step had to read
    in_all: int  # tokens in all different words: what a recount would have read

    @property
    def token(self) -> str:
        """The new token."""
        return self.left + self.right


def count_pieces(texts: Iterable[str], patterns: Sequence[str] = (GPT2_PATTERN,)) -> Counter[str]:
    """How often each piece occurs in the texts, written with the characters of its bytes. Raises CourseError."""
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise CourseError("`texts` is a list of texts: put a single text into a list")
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(pieces(checked_text(text), patterns))
    total: Counter[str] = Counter()
    for piece, times in counts.items():
        total[to_characters(piece)] += times
    return total


def merge_steps(words: Mapping[str, int], min_count: int = 2) -> Iterator[Merge]:
    """Merges without end, until no pair is there `min_count` times; `words` is what `count_pieces` has counted.

    The most frequent pair is merged first. Of equally frequent ones it is the pair whose first part is older, then the
    one whose second part is; of the bytes, the older is the one whose character comes first. So two programs that
    follow this rule learn the same merges: this one and the `tokenizers` library do.
    """
    names = list(ALPHABET)  # the tokens so far; a number stands for each of them below
    number_of = {name: number for number, name in enumerate(names)}
    split = [[number_of[character] for character in word] for word in words]
    times = list(words.values())
    in_all = sum(map(len, split))

    counts: Counter[tuple[int, int]] = Counter()
    holders: defaultdict[tuple[int, int], set[int]] = defaultdict(set)  # the words in which a pair is found
    for place, word in enumerate(split):
        for pair in pairwise(word):
            counts[pair] += times[place]
            holders[pair].add(place)
    order = _Order(counts)
    for pair, places in holders.items():
        order.add(pair, places)

    while found := order.most_frequent(min_count):
        pair, places = found
        token = names[pair[0]] + names[pair[1]]
        number = number_of.setdefault(token, len(names))
        if number == len(names):
            names.append(token)
        new: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        looked_at = 0
        for place in places:
            looked_at += len(split[place])
            for changed, by in _merge_in_place(split[place], pair, number):
                counts[changed] += by * times[place]
                if by > 0:
                    new[changed].add(place)
        yield Merge(names[pair[0]], names[pair[1]], counts[pair], looked_at, in_all)
        in_all += sum(len(split[place]) for place in places) - looked_at
        for changed, where in new.items():
            order.add(changed, where)


class _Order:
    """The pairs, the most frequent first. Counts change all the time; a pair is put right when it comes to the top."""

    def __init__(self, counts: Counter[tuple[int, int]]):
        self.counts = counts
        self.heap: list[tuple[int, tuple[int, int], int]] = []
        self.places: list[set[int]] = []

    def add(self, pair: tuple[int, int], places: set[int]) -> None:
        if self.counts[pair] > 0:
            heapq.heappush(self.heap, (-self.counts[pair], pair, len(self.places)))
            self.places.append(places)

    def most_frequent(self, min_count: int) -> tuple[tuple[int, int], set[int]] | None:
        while self.heap:
            minus_count, pair, entry = heapq.heappop(self.heap)
            if -minus_count != self.counts[pair]:
                heapq.heappush(self.heap, (-self.counts[pair], pair, entry))
                continue
            if -minus_count < max(1, min_count):
                return None
            places, self.places[entry] = self.places[entry], set()
            return pair, places
        return None


def _merge_in_place(word: list[int], pair: tuple[int, int], new: int) -> list[tuple[tuple[int, int], int]]:
    """Merge the pair in one word; returns the neighbouring pairs that are gone (-1) and those that have come (+1)."""
    left, right = pair
    changes = []
    at = 0
    while at < len(word) - 1:
        if word[at] == left and word[at + 1] == right:
            if at > 0:
                changes += [((word[at - 1], left), -1), ((word[at - 1], new), +1)]
            if at + 2 < len(word):
                changes += [((right, word[at + 2]), -1), ((new, word[at + 2]), +1)]
            word[at : at + 2] = [new]
        at += 1
    return changes
