"""Exercise: the questions of an encoder-decoder."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from itertools import pairwise

from llmcourse.course.exercise import Exercise
from llmcourse.training.objectives import cut_out

SENTINELS = [100, 101, 102, 103, 104]


def is_a_pair(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two lists: the source that the encoder reads, and the answer that the decoder writes."
    return None


def pieces(words, spans):
    """The words kept before each span and after the last, and the words of each span."""
    edges = [0, *(edge for span in spans for edge in span), len(words)]
    stretches = [words[start:end] for start, end in pairwise(edges)]
    return stretches[::2], stretches[1::2]


def built(source, answer):
    """An answer from how it treats the pieces: to write a mistake in a line."""

    def attempt(words, spans, sentinels):
        kept, taken = pieces(words, spans)
        return source(kept, taken, sentinels), answer(kept, taken, sentinels)

    return attempt


def joined(stretches, sentinels):
    """Stretches of words with a sentinel after each but the last."""
    out = list(stretches[0])
    for sentinel, stretch in zip(sentinels, stretches[1:], strict=False):
        out += [sentinel, *stretch]
    return out


def right_source(kept, taken, sentinels):
    return joined(kept, sentinels)


def right_answer(kept, taken, sentinels):
    return [*joined([[], *taken], sentinels), sentinels[len(taken)]]


def every_word(kept, taken, sentinels):
    out, number = list(kept[0]), 0
    for stretch, rest in zip(taken, kept[1:], strict=True):
        out += [sentinels[(number + at) % len(sentinels)] for at in range(len(stretch))] + rest
        number += len(stretch)
    return out


CUT_OUT = Exercise(
    key="cut_out",
    title="Questions for an encoder-decoder",
    task="Write `cut_out(words, spans, sentinels)`: the text with a sentinel in place of each span `(start, end)`, and "
    "the answer: each sentinel followed by the words of its span, and one more sentinel at the end.",
    difficulty=2,
    minutes=15,
    answer=cut_out,
    cases={
        "for one span in the middle": lambda draw: ([11, 12, 13, 14, 15], [(1, 3)], SENTINELS),
        "for two spans": lambda draw: ([11, 12, 13, 14, 15, 16, 17, 18], [(1, 2), (4, 7)], SENTINELS),
        "for spans at both ends": lambda draw: ([11, 12, 13, 14, 15, 16], [(0, 2), (5, 6)], SENTINELS),
        "for a long text": lambda draw: (
            draw.integers(3, 90, 40).tolist(),
            [(3, 6), (10, 11), (20, 25), (37, 40)],
            SENTINELS,
        ),
    },
    tests=[is_a_pair],
    known_mistakes={
        "no last sentinel": (
            built(right_source, lambda kept, taken, sentinels: right_answer(kept, taken, sentinels)[:-1]),
            "The last sentinel of the answer is missing. It says that nothing more is to come, and tells the decoder "
            "that the last span is over.",
        ),
        "one for all": (
            built(
                lambda kept, taken, sentinels: joined(kept, [sentinels[0]] * len(taken)),
                lambda kept, taken, sentinels: [*joined([[], *taken], [sentinels[0]] * len(taken)), sentinels[0]],
            ),
            "You use the same sentinel for every span. Then nobody can tell which words belong into which gap: take "
            "the next one for each.",
        ),
        "a sentinel for each word": (
            built(every_word, right_answer),
            "Your source has a sentinel for each missing *word*, and so it tells how many are missing. One stands for "
            "a whole span, however long.",
        ),
        "words left in": (
            built(
                lambda kept, taken, sentinels: [w for k, t in zip(kept, [*taken, []], strict=True) for w in k + t],
                right_answer,
            ),
            "The source still holds the words that the decoder is to write.",
        ),
        "answer without sentinels": (
            built(right_source, lambda kept, taken, sentinels: [word for stretch in taken for word in stretch]),
            "Your answer holds the words but no sentinels, so one cannot tell where a span ends and the next begins.",
        ),
        "gap without a sign": (
            built(lambda kept, taken, sentinels: [word for stretch in kept for word in stretch], right_answer),
            "Your source does not show where words are missing: put the sentinel there.",
        ),
        "end included": (
            lambda words, spans, sentinels: cut_out(words, [(s, min(e + 1, len(words))) for s, e in spans], sentinels),
            "You cut out one word too many at the end of each span: `(start, end)` is meant as in a slice, without "
            "`end`.",
        ),
        "whole text": (
            built(
                right_source,
                lambda kept, taken, sentinels: [w for k, t in zip(kept, [*taken, []], strict=True) for w in k + t],
            ),
            "Your answer is the whole text. The decoder is to write only what is missing, and that is what makes this "
            "objective cheap.",
        ),
    },
    hints=[
        "Go through the spans in order, and remember where the last one ended.",
        "Between the end of the last span and the start of this one, the words are kept: they go into the source.",
        "For each span, the sentinel goes into both lists; the span's words go into the answer only.",
        "After the loop, the rest of the words goes into the source, and `sentinels[len(spans)]` into the answer.",
    ],
)
