"""A question and a text as one sequence that a model can read, in several pieces if the text is long.

    <bos> Mia lost her ring . Who lost the ring ? <eos>
      0    1   1    1   1   1  0   0    0   0   0   0       segments: text 1, question 0

The question stands behind the text, where the stories of pretraining had it; BERT's own code has it in front. With a
*gap*, a `<mask>` follows the question: there pretraining had the answer.

A text that does not fit is read in *windows* that overlap, so that an answer cut by the edge of one is whole in the
next. Devlin et al. (2019), section 4.2; their code calls the step from one window to the next the "document stride".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.tokenizers.offsets import token_offsets
from llmcourse.errors import CourseError

Span = tuple[int, int]
NOWHERE = (0, 0)  # what a token outside the text has for an offset
NO_ANSWER = (0, 0)  # the first token, <bos>, stands for "the answer is not here"


@dataclass(frozen=True)
class Window:
    """What a model reads at once. `offsets` say where in the whole context each token stands; (0, 0) for the others."""

    question: SpanQuestion
    ids: tuple[int, ...]
    segments: tuple[int, ...]
    offsets: tuple[Span, ...]

    @property
    def target(self) -> Span:
        """(first, last) token of the answer if all of it stands in this window, and else `NO_ANSWER`."""
        span = self.question.span
        if span is None:
            return NO_ANSWER
        inside = [offset for offset in self.offsets if offset != NOWHERE]
        if span[0] < inside[0][0] or span[1] > inside[-1][1]:
            return NO_ANSWER
        return token_span(self.offsets, *span)

    def text(self, first: int, last: int) -> str:
        """The characters of the context from the first to the last token: an answer as it is written there."""
        if (first, last) == NO_ANSWER:
            return ""
        return self.question.context[self.offsets[first][0] : self.offsets[last][1]]


def token_span(offsets: Sequence[Span], start: int, end: int) -> Span:
    """(first, last) of the tokens that share a character with the stretch from `start` to before `end`.

    An answer may begin or end in the middle of a token: it then takes the whole token. Tokens with an empty offset are
    no part of the text. Raises CourseError when no token is touched.
    """
    touched = [place for place, (begin, stop) in enumerate(offsets) if begin < end and start < stop]
    if not touched:
        raise CourseError(f"no token stands in characters {start} to {end}: the answer is outside this window")
    return touched[0], touched[-1]


def strides(n: int, size: int, stride: int) -> list[Span]:
    """(start, end) of pieces of at most `size` that cover n tokens, each beginning `stride` after the one before.

    Two neighbours share `size - stride` tokens, so an answer of up to one more than that is whole in one of them.
    Raises CourseError for a stride that would leave tokens out.
    """
    if not 1 <= stride <= size:
        raise CourseError(f"a stride of {stride} with windows of {size} leaves tokens out: it must be 1 to {size}")
    pieces, start = [(0, min(size, n))], 0
    while pieces[-1][1] < n:
        start += stride
        pieces.append((start, min(start + size, n)))
    return pieces


def windows(
    question: SpanQuestion, tokenizer: Tokenizer, size: int = 128, stride: int = 48, gap: bool = False
) -> list[Window]:
    """The question with each piece of its context, in sequences of at most `size` tokens.

    gap: put a `<mask>` behind the question

    Raises CourseError when the question leaves no room for the text, and UnknownWord for a word that the tokenizer
    does not know, or a `<mask>` that it does not have.
    """
    behind = [tokenizer.id_of("<mask>")] if gap else []
    asked = [*tokenizer.encode(question.question), *behind, tokenizer.eos_id]
    ids, offsets = tokenizer.encode(question.context), token_offsets(tokenizer, question.context)
    room = size - len(asked) - 1
    if room < 1:
        raise CourseError(
            f"question {question.id!r} has {len(asked) - 1 - gap} tokens: in a window of {size} nothing is left "
            "for the text"
        )
    return [
        Window(
            question,
            ids=(tokenizer.bos_id, *ids[start:end], *asked),
            segments=(0,) + (1,) * (end - start) + (0,) * len(asked),
            offsets=(NOWHERE, *offsets[start:end], *[NOWHERE] * len(asked)),
        )
        for start, end in strides(len(ids), room, min(stride, room))
    ]
