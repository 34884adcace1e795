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
from jaxtyping import Int
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

    def __init__(self, tokenizer: Tokenizer, share: float = 0.15, masked: float = 0.8, randomized: float = 0.1):
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
        """What the model sees of a row, and what it is asked at each place (mostly nothing). At least one word is."""
        words = range(1, len(row) - 1)  # not <bos> and <eos>
        chosen = {place for place in words if rng.random() < self.share} or {rng.choice(words)}
        seen = [self.instead_of(id, rng) if place in chosen else id for place, id in enumerate(row)]
        return seen, [id if place in chosen else IGNORE for place, id in enumerate(row)]

    def instead_of(self, id: int, rng: random.Random) -> int:
        lot = rng.random()
        if lot < self.masked:
            return self.mask_id
        return rng.choice(self.words) if lot < self.masked + self.randomized else id


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
        source, answer, words = row[:1], [], row[1:-1]
        place = 0
        for number, (kept, cut_out) in enumerate(self.stretches(len(words), rng)):
            sentinel = self.sentinels[number]
            source += [*words[place : place + kept], sentinel]
            answer += [sentinel, *words[place + kept : place + kept + cut_out]]
            place += kept + cut_out
        source += [*words[place:], *row[-1:]]
        return source, [*answer, self.sentinels[number + 1], *row[-1:]]

    def stretches(self, n: int, rng: random.Random) -> list[tuple[int, int]]:
        """How many words are kept and how many cut out, in turn, until all that are to be cut out are."""
        if n < 2:
            raise CourseError(f"a text of {n} words cannot lose some and keep some: it needs two at least")
        n_out = min(max(1, round(n * self.share)), n - 1)
        n_spans = min(max(1, round(n_out / self.mean_length)), n - n_out, len(self.sentinels) - 1)
        return list(zip(parts(n - n_out, n_spans, rng), parts(n_out, n_spans, rng), strict=True))


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
