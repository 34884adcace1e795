"""Exercise, an open task: a pattern with which numbers are cut evenly."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import re
from functools import lru_cache

from llmcourse.analysis.cuts import ways_to_cut
from llmcourse.corpus.examples import STORIES
from llmcourse.corpus.market import CODE, ledger_lines
from llmcourse.corpus.tokenizers import BPETokenizer
from llmcourse.corpus.tokenizers.pieces import GPT2_PATTERN, number_pattern, pieces
from llmcourse.course.exercise import Exercise
from llmcourse.errors import CourseError

TEXTS = (*STORIES.values(), "Don't say she'll lose it!  No?\n\nYes...", re.sub(r"\d", "", CODE))


def a_pattern(trial):
    if not isinstance(trial.result, str):
        return "Return the pattern itself, as a text (str)."
    try:
        pieces("a 1", (trial.result,))
    except CourseError as error:
        return f"{str(error)[:160]}. Is a bracket missing?"
    return None


def every_number_in_one_way(trial):
    for number in ("1234", "2026", "90"):
        cut = [piece.strip() for piece in pieces(f"in {number} ", (trial.result,))]
        digits = [piece for piece in cut if any(character.isdigit() for character in piece)]
        if number in digits:
            why = "BPE will cut it as it likes. Which part of the pattern takes a whole run of digits?"
            return f"The number {number} is still one piece, and {why}"
        if max(map(len, digits)) > 1:
            why = (
                "Within a piece of several digits, BPE merges some and others not. What is the one length at which it "
            )
            return f"The number {number} comes in the pieces {'|'.join(digits)}. {why}cannot merge anything?"
    if len(ways := measured(trial.result)) > 1:
        shown = ", ".join("|".join("0" * length for length in way) for way in list(ways)[:3])
        return f"After training, four-digit numbers are still cut in {len(ways)} ways: {shown}."
    return None


@lru_cache(maxsize=8)
def measured(pattern):
    tokenizer = BPETokenizer.train(ledger_lines(300), 450, patterns=(pattern,))
    return ways_to_cut(tokenizer, range(1000, 10000, 37))


def other_scripts_too(trial):
    if len(pieces("١٢٣٤", (trial.result,))) < 4:
        others = "But other scripts have digits of their own, such as ١٢٣٤: `\\p{N}` means all of them."
        return f"Digits 0 to 9 are cut evenly. {others}"
    return None


def other_text_as_before(trial):
    for text in TEXTS:
        before, now = pieces(text, (GPT2_PATTERN,)), pieces(text, (trial.result,))
        if before != now:
            odd = next(new for old, new in zip(before, now, strict=False) if old != new)
            found = f"Text without digits is no longer cut as before: there is a piece {odd[:30]!r}"
            return f"{found}. Change only the part of the pattern that is about digits."
    return None


NUMBER_PATTERN = Exercise(
    key="number_pattern",
    title="Numbers cut evenly",
    task="Write `number_pattern()`: a pattern like `GPT2_PATTERN`, with which every number of four digits is cut in "
    "the same way, and text without digits as before.",
    difficulty=3,
    minutes=15,
    answer=number_pattern,
    compare=False,  # there are several such patterns
    cases={"for numbers, stories and code": lambda draw: ()},
    tests=[a_pattern, every_number_in_one_way, other_scripts_too, other_text_as_before],
    known_mistakes={
        "GPT-2's own": (
            lambda: GPT2_PATTERN,
            "The number 1234 is still one piece, and BPE will cut it as it likes.",
        ),
        "groups of up to three": (
            lambda: GPT2_PATTERN.replace(r"\p{N}+", r"\p{N}{1,3}"),
            "The number 1234 comes in the pieces 123|4. Within a piece of several digits, BPE merges some and others "
            "not.",
        ),
        "only 0 to 9": (
            lambda: GPT2_PATTERN.replace(r" ?\p{N}+", r"[0-9]"),
            "Digits 0 to 9 are cut evenly. But other scripts have digits of their own",
        ),
        "words no longer cut": (
            lambda: r"\p{N}|\P{N}+",
            "Text without digits is no longer cut as before",
        ),
        "a bracket too few": (
            lambda: r"(\p{N}|\p{L}+",
            "is not a pattern that cuts texts",
        ),
    },
    hints=[
        "BPE merges only within a piece. What is the one length of a piece in which nothing can be merged?",
        "Find the part of `GPT2_PATTERN` that is about digits. What does its `+` do?",
        "` ?\\p{N}+` takes a space and a whole run of digits. `\\p{N}` takes one digit; the space before it is then a "
        "piece of its own.",
        '`return GPT2_PATTERN.replace(r" ?\\p{N}+", r"\\p{N}")`',
    ],
)
