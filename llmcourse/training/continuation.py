"""An objective for an encoder-decoder whose floor is known: read the beginning of a story, write the rest.

    the text    Mia lost her ring . Who lost the ring ? Mia .
    source      Mia lost her ring . Who lost the ring ?
    targets     Mia . <eos>

Where the text is cut is left to chance, or it is cut after the question. Wherever the cut is, the world knows how
likely each of the words after it is, given all before: the floor is exact, and that of the answers is 0. With stretches
cut out of the middle (`SpanCorruption`) the floor would take the world much longer. Raffel et al. (2020), section 3.2,
compare both.
"""

import math
import random
from collections.abc import Sequence

from llmcourse.corpus.text import split_words
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.model.masks import padding_mask
from llmcourse.training.batches import Batch, Row
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import padded

QUESTION_MARK = "?"


class Continuation:
    """Each text in two: what stands before the cut is read, and what stands after it is to be written.

    share: how often the cut falls anywhere, every place between two words as likely as another. Otherwise it falls
    after the last question mark, and what is to be written is the answer. With `share=0` only answers are asked for.
    """

    def __init__(self, tokenizer: Tokenizer, share: int | float = 0.0):
        if not 0 <= share <= 1:
            raise CourseError(f"share is {share}; it must lie between 0, answers only, and 1, cuts anywhere")
        self.tokenizer, self.share = tokenizer, share
        (self.mark,) = tokenizer.encode(QUESTION_MARK)

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> Batch:
        sources, answers = zip(*(self.parted(row, rng) for row in rows), strict=True)
        source = padded(sources, self.tokenizer.pad_id)
        ids = padded([shifted_right(answer, self.tokenizer.bos_id) for answer in answers], self.tokenizer.pad_id)
        mask = padding_mask(source, self.tokenizer.pad_id)
        return Batch(ids, padded(answers, IGNORE), source=source, source_mask=mask)

    def parted(self, row: Row, rng: random.Random) -> tuple[Row, Row]:
        """(what the encoder reads, what the decoder is to write)."""
        cut = self.cut(row, rng)
        return row[1:cut], row[cut:]  # without <bos>, as `answer_texts` reads

    def cut(self, row: Row, rng: random.Random) -> int:
        """Where the row's second part begins. Raises CourseError for a text in which nothing is asked."""
        if rng.random() < self.share:
            return rng.randint(2, len(row) - 2)  # a word is read, and a word is written
        if self.mark not in row:
            text = self.tokenizer.decode(row[:12])
            raise CourseError(f"nothing is asked in the text that begins {text!r}: it has no question mark")
        return len(row) - row[::-1].index(self.mark)


def shifted_right(answer: Row, bos_id: int) -> Row:
    """What the decoder has before it while it writes each token of the answer: all the tokens before that one."""
    return [bos_id, *answer[:-1]]


def answer_floor(documents: Sequence[str], world: World | None = None) -> float:
    """The world's own loss on the answers, in nats per token, `<eos>` counted: 0, unless an answer were a guess."""
    if not documents:
        raise CourseError("there is nothing to measure the floor on: the list of documents is empty")
    nats, tokens = 0.0, 0
    for document in documents:
        words = split_words(document)
        if QUESTION_MARK not in words:
            raise CourseError(f"nothing is asked in the text that begins {document[:40]!r}: it has no question mark")
        cut = len(words) - words[::-1].index(QUESTION_MARK)
        nats -= math.fsum((world or World()).token_log_probs(document)[cut:])
        tokens += len(words) - cut + 1
    return nats / tokens
