"""Objectives: what a model is asked about a text. The loss is the same for all; the questions differ.

    CausalLM          after each word: which one comes next?                            for a decoder (GPT)
    MaskedLM          some words are hidden: which ones were they?                      for an encoder (BERT)
    SpanCorruption    some stretches are cut out: write them down, one after another    for an encoder-decoder (T5)

An objective is a *collator*: it makes a batch out of rows of ids, drawing what is left to chance from the random
numbers that it is given. A target of `IGNORE` is not asked about.
"""

import random
from collections.abc import Sequence
from typing import Protocol

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.masks import padding_mask
from llmcourse.training.batches import Batch, Row, collate
from llmcourse.training.loss import IGNORE

MASK = "<mask>"
SENTINELS = tuple(f"<extra_id_{number}>" for number in range(16))


class Objective(Protocol):
    """Whatever makes a batch of rows; each row is a document's ids from `<bos>` to `<eos>`."""

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> Batch: ...


class CausalLM:
    """Every token is asked for, given those before it. Radford et al. (2018)."""

    def __init__(self, tokenizer: Tokenizer, masked: bool = False):
        """`masked`: forbid attention between the documents of one row (see `document_mask`)."""
        self.tokenizer, self.masked = tokenizer, masked

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> Batch:
        return collate(rows, self.tokenizer, self.masked)


class MaskedLM:
    """A share of the words is asked for, given all the others, on both sides.

    Of the words asked for, most become `<mask>`. Some become a random word and some stay as they are, so that a word
    that is no mask may still be asked about, and the model has to have an opinion on all of them: in use it will never
    meet a mask. Devlin et al. (2019), section 3.1: 15%, and of these 80%, 10% and 10%.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        share: int | float = 0.15,
        masked: int | float = 0.8,
        randomized: int | float = 0.1,
    ):
        if not 0 < share <= 1 or masked < 0 or randomized < 0 or masked + randomized > 1 + 1e-9:
            raise CourseError("share must lie above 0 and up to 1, and masked + randomized must be shares of at most 1")
        self.tokenizer, self.share, self.masked, self.randomized = tokenizer, share, masked, randomized
        self.mask_id = special(tokenizer, MASK)
        names = set(tokenizer.special_tokens)
        self.words = [id for id, token in enumerate(tokenizer.vocabulary) if token not in names]

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> Batch:
        seen, asked = zip(*(self.hide(row, rng) for row in rows), strict=True)
        ids = padded(seen, self.tokenizer.pad_id)
        return Batch(ids, padded(asked, IGNORE), padding_mask(ids, self.tokenizer.pad_id))

    def hide(self, row: Row, rng: random.Random) -> tuple[Row, Row]:
        """What the model sees of a row, and what it is asked at each place (mostly nothing)."""
        asked, lots, strangers = [False] * len(row), [0.0] * len(row), list(row)
        for place in sorted(self.choose(row, rng)):
            asked[place], lots[place] = True, rng.random()
            if self.masked <= lots[place] < self.masked + self.randomized:
                strangers[place] = rng.choice(self.words)
        tensors = torch.tensor(row), torch.tensor(asked), torch.tensor(lots).double(), torch.tensor(strangers)
        seen, targets = hide_words(*tensors, self.mask_id, self.masked, self.randomized)
        return seen.tolist(), targets.tolist()

    def choose(self, row: Row, rng: random.Random) -> set[int]:
        """The places that are asked about, never those of `<bos>` and `<eos>`; at least one."""
        words = range(1, len(row) - 1)
        return {place for place in words if rng.random() < self.share} or {rng.choice(words)}


def hide_words(
    ids: Int[Tensor, "*place"],
    asked: Bool[Tensor, "*place"],
    lots: Float[Tensor, "*place"],
    strangers: Int[Tensor, "*place"],
    mask_id: int,
    masked: int | float = 0.8,
    randomized: int | float = 0.1,
) -> tuple[Int[Tensor, "*place"], Int[Tensor, "*place"]]:
    """(what the model sees, what it is asked): the same shape as `ids`, whatever that is.

    `asked` says which words are asked for. The lot of each, a number between 0 and 1, decides what is seen there: the
    mask below `masked`; a word of `strangers` from there up to `masked + randomized`; above, the word itself. The
    target is the true word where it is asked for, and `IGNORE` elsewhere.
    """
    by_mask = asked & (lots < masked)
    by_stranger = asked & (lots >= masked) & (lots < masked + randomized)
    seen = torch.where(by_mask, mask_id, torch.where(by_stranger, strangers, ids))
    return seen, torch.where(asked, ids, IGNORE)


class SpanCorruption:
    """Stretches of words are cut out of the text that the encoder reads, and the decoder writes them down.

    A numbered *sentinel* stands where a stretch was, and before it where it is written down:

        the text    Mia lost her golden ring .
        source      Mia <extra_id_0> golden ring <extra_id_1>
        targets     <extra_id_0> lost her <extra_id_1> . <extra_id_2> <eos>

    Raffel et al. (2020), section 3.1.4: 15% of the words, in stretches of three on average.
    """

    def __init__(self, tokenizer: Tokenizer, share: float = 0.15, mean_length: float = 3.0):
        if not 0 < share < 1 or mean_length < 1:
            raise CourseError("share must lie between 0 and 1, and mean_length must be at least 1")
        self.tokenizer, self.share, self.mean_length = tokenizer, share, mean_length
        self.sentinels = [special(tokenizer, name) for name in SENTINELS]

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> Batch:
        sources, answers = zip(*(self.corrupt(row, rng) for row in rows), strict=True)
        source = padded(sources, self.tokenizer.pad_id)
        ids = padded([[self.tokenizer.bos_id, *answer[:-1]] for answer in answers], self.tokenizer.pad_id)
        mask = padding_mask(source, self.tokenizer.pad_id)
        return Batch(ids, padded(answers, IGNORE), source=source, source_mask=mask)

    def corrupt(self, row: Row, rng: random.Random) -> tuple[Row, Row]:
        """(what the encoder reads, what the decoder is to write)."""
        words, spans, place = row[1:-1], [], 0
        for kept, taken in self.stretches(len(words), rng):
            spans.append((place + kept, place + kept + taken))
            place += kept + taken
        source, answer = cut_out(words, spans, self.sentinels)
        return [*row[:1], *source, *row[-1:]], [*answer, *row[-1:]]

    def stretches(self, n: int, rng: random.Random) -> list[tuple[int, int]]:
        """How many words are kept and how many cut out, in turn, until all that are to be cut out are."""
        if n < 2:
            raise CourseError(f"a text of {n} words cannot lose some and keep some: it needs two at least")
        n_out = min(max(1, round(n * self.share)), n - 1)
        n_spans = min(max(1, round(n_out / self.mean_length)), n - n_out, len(self.sentinels) - 1)
        return list(zip(parts(n - n_out, n_spans, rng), parts(n_out, n_spans, rng), strict=True))


def cut_out(words: Sequence[int], spans: Sequence[tuple[int, int]], sentinels: Sequence[int]) -> tuple[Row, Row]:
    """(the text with a sentinel in place of each span, the sentinels with the span that each stands for).

    A span is (start, end) as in a slice, and spans come in order. One more sentinel ends what is to be written.
    Raises CourseError for spans that are empty, overlap or leave the text, and when the sentinels run out.
    """
    if len(spans) >= len(sentinels):
        raise CourseError(f"{len(spans)} spans need {len(spans) + 1} sentinels, and there are {len(sentinels)}")
    source: Row = []
    answer: Row = []
    place = 0
    for (start, end), sentinel in zip(spans, sentinels, strict=False):
        if not place <= start < end <= len(words):
            raise CourseError(f"the span {(start, end)} is empty, overlaps the one before, or leaves the text")
        source += [*words[place:start], sentinel]
        answer += [sentinel, *words[start:end]]
        place = end
    return [*source, *words[place:]], [*answer, sentinels[len(spans)]]


def parts(total: int, count: int, rng: random.Random) -> list[int]:
    """`total` as a sum of `count` whole numbers of 1 or more; every such sum is equally likely."""
    cuts = sorted(rng.sample(range(1, total), count - 1))
    return [end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)]


def padded(rows: Sequence[Row], filler: int) -> Int[Tensor, "batch position"]:
    """Rows of different lengths as one tensor, filled up at their ends."""
    width = max(map(len, rows))
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


def special(tokenizer: Tokenizer, token: str) -> int:
    """The id of a special token. Raises CourseError where the tokenizer was made without it."""
    if token not in tokenizer.special_tokens:
        raise CourseError(f"this objective needs a tokenizer with {token}: make one with special={[token]!r}")
    return tokenizer.id_of(token)
