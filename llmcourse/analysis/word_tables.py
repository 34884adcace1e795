"""What a table of word vectors knows: neighbours, kinds of words, analogies, each against a truth or a baseline.

The story world draws its words from lists of persons, jobs, things, … (llmcourse/corpus/lexicon.py), so the kind of a
word is known, and a table can be marked.
"""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.lexicon import CATEGORIES, NUMBERS, SENSES
from llmcourse.corpus.tokenizers import SPECIAL_TOKENS, Tokenizer
from llmcourse.errors import CourseError

SPECIAL = len(SPECIAL_TOKENS)  # the first rows of every table; they are no words


def kinds_of_words(tokenizer: Tokenizer) -> dict[str, list[str]]:
    """The words of each kind: persons, jobs, places, … as the world's lexicon has them.

    Without phrases, without words of two kinds (a *bat* flies, or hits a ball), and without what the tokenizer lacks.
    """
    kinds: dict[str, list[str]] = {}
    for kind, words in [*CATEGORIES.values(), ("number", NUMBERS)]:
        if kind not in ("worker", "spot"):  # jobs again, and phrases
            known = [word for word in words if word in tokenizer.vocabulary and word not in SENSES]
            kinds.setdefault(kind, []).extend(known)
    return {kind: words for kind, words in kinds.items() if len(words) > 1}


class WordTable:
    """A table of vectors with the words that its rows stand for.

    What all rows have in common is taken out, and all are made equally long: what is left are directions, and how much
    two words are alike is the cosine of the angle between them, from -1 to 1.

    Raises CourseError when there is not a row for each token, or a number is NaN or infinite.
    """

    def __init__(self, table: Float[Tensor, "vocab width"], tokenizer: Tokenizer):
        if len(table) != tokenizer.vocab_size:
            raise CourseError(f"a table of shape {tuple(table.shape)} does not fit {tokenizer.vocab_size} tokens")
        if not table.isfinite().all():
            raise CourseError(f"a table of shape {tuple(table.shape)} holds a NaN or an infinity: was it trained well?")
        self.tokenizer = tokenizer
        centred = table.detach().float().cpu() - table[SPECIAL:].detach().float().cpu().mean(dim=0)
        self.directions = centred / centred.norm(dim=1, keepdim=True).clamp(min=1e-9)  # vocab width

    def of(self, *words: str) -> Float[Tensor, "word width"]:
        """The directions of these words. Raises UnknownWord."""
        return self.directions[self.ids(words)]

    def ids(self, words: Iterable[str]) -> list[int]:
        ids = [self.tokenizer.encode(word) for word in words]
        if any(len(id) != 1 for id in ids):
            raise CourseError(f"one word at a time: {' / '.join(words)} are not all single tokens")
        return [id for (id,) in ids]

    def alike(self, first: str, second: str) -> float:
        """The cosine of two words."""
        one, other = self.of(first, second)
        return float(one @ other)

    def nearest(self, word: str, k: int = 5) -> list[str]:
        """The k words most like this one, best first, without itself."""
        return self.nearest_to(self.of(word)[0], k, besides=[word])

    def nearest_to(self, vector: Float[Tensor, "width"], k: int = 1, besides: Sequence[str] = ()) -> list[str]:
        """The k words nearest in direction to any vector, without those named."""
        likeness = self.directions @ vector
        likeness[[*range(SPECIAL), *self.ids(besides)]] = -torch.inf
        return self.tokenizer.tokens(likeness.topk(k).indices.tolist())

    def solve(self, a: str, b: str, c: str) -> str:
        """a is to b as c is to …: the word nearest to b - a + c, other than the three (Mikolov et al., 2013)."""
        start, end, other = self.of(a, b, c)
        return self.nearest_to(end - start + other, besides=[a, b, c])[0]

    def same_kind(self, kinds: dict[str, list[str]], k: int = 1) -> float:
        """Of the k nearest neighbours of each of these words, the share that is of the word's own kind."""
        hits = [near in words for words in kinds.values() for word in words for near in self.nearest(word, k)]
        return sum(hits) / len(hits)


def same_kind_by_chance(kinds: dict[str, list[str]], tokenizer: Tokenizer) -> float:
    """What `same_kind` would be if the neighbours were drawn by lot from all other words."""
    sizes = [len(words) for words in kinds.values()]
    return sum(size * (size - 1) for size in sizes) / sum(sizes) / (tokenizer.vocab_size - SPECIAL - 1)


class Marks(NamedTuple):
    """How many analogies came out right, of how many, and how many without any arithmetic."""

    right: int
    asked: int
    by_neighbour: int  # when the answer is just the nearest neighbour of b, or just that of c, whichever does better

    @property
    def share(self) -> float:
        return self.right / self.asked

    @property
    def share_by_neighbour(self) -> float:
        return self.by_neighbour / self.asked


def mark_analogies(table: WordTable, pairs: Sequence[tuple[str, str]]) -> Marks:
    """Every a : b :: c : d that two of these pairs make, d to be found among all words of the vocabulary.

    Linzen (2016), Issues in evaluating semantic spaces using word analogies, is why the neighbours are tried as well.
    Raises CourseError when no two pairs have four different words.
    """
    right, near_b, near_c, asked = 0, 0, 0, 0
    for (a, b), (c, d) in permutations(pairs, 2):
        if len({a, b, c, d}) == 4:  # one : two :: two : three would ask for a word that it gives
            asked += 1
            right += table.solve(a, b, c) == d
            near_b += table.nearest_to(table.of(b)[0], besides=[a, b, c])[0] == d
            near_c += table.nearest_to(table.of(c)[0], besides=[a, b, c])[0] == d
    if not asked:
        raise CourseError("no analogy can be made: give two or more pairs of different words")
    return Marks(right, asked, max(near_b, near_c))


def counted_table(texts: Iterable[str], tokenizer: Tokenizer) -> Float[Tensor, "vocab width"]:
    """A table that nobody trained: for each word, which words stand right before and right after it, and how often.

    Each number is the pointwise mutual information ln p(word, neighbour) / (p(word) p(neighbour)), no less than 0: how
    much more often the two stand together than chance would have it. Word vectors are learned from little else
    (Levy and Goldberg, 2014, Neural Word Embedding as Implicit Matrix Factorization).
    """
    size = tokenizer.vocab_size
    counts = torch.zeros(size, 2 * size)
    one = torch.ones(())
    for text in texts:
        ids = torch.tensor(tokenizer.encode(text, bos=True, eos=True))
        counts.index_put_((ids[1:], ids[:-1]), one, accumulate=True)  # what stands before
        counts.index_put_((ids[:-1], size + ids[1:]), one, accumulate=True)  # and after
    if counts.sum() == 0:
        raise CourseError("there is nothing to count: give at least one text")
    together = counts / counts.sum()
    by_chance = together.sum(dim=1, keepdim=True) * together.sum(dim=0, keepdim=True)
    return (together / by_chance.clamp(min=1e-12)).clamp(min=1).log()
