"""Exercise: what of an answer is compared."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import re
import string

from llmcourse.analysis.squad_scores import normalize_answer
from llmcourse.course.exercise import Exercise

ARTICLES = r"\b(a|an|the)\b"


def a_text(trial):
    if not isinstance(trial.result, str):
        return "Return a text."
    return None


def small_letters(trial):
    if trial.result != trial.result.lower():
        return f"There are capitals left {trial.case}: {trial.result!r}."
    return None


def without_marks(text):
    return "".join(letter for letter in text if letter not in string.punctuation)


def one_blank(text):
    return " ".join(text.split())


def articles_first(text):
    return one_blank(without_marks(re.sub(ARTICLES, " ", text.lower())))


def articles_anywhere(text):
    text = without_marks(text.lower())
    for article in ("the", "an", "a"):
        text = text.replace(article, " ")
    return one_blank(text)


def marks_to_blanks(text):
    text = "".join(" " if letter in string.punctuation else letter for letter in text.lower())
    return one_blank(re.sub(ARTICLES, " ", text))


NORMALIZE = Exercise(
    key="normalize_answer",
    title="What is compared",
    task="Write `normalize_answer(text)`: small letters; every mark of `string.punctuation` taken away, leaving no "
    "blank; "
    "then the words a, an and the taken away; then one blank between two words and none around them.",
    difficulty=1,
    minutes=10,
    answer=normalize_answer,
    cases={
        "for 'The golden ring.'": lambda draw: ("The golden ring.",),
        "for 'Merry'": lambda draw: ("Merry",),
        "for blanks and lines": lambda draw: ("  in \t the\n grass ",),
        "for words that begin like articles": lambda draw: ("an anthem in the theatre",),
        "for a word with a mark inside": lambda draw: ("a well-known U.S. singer",),
        "for articles that touch a mark": lambda draw: ("the-ring, 'a'-level",),
        "for nothing but an article": lambda draw: ("The.",),
        "for the empty text": lambda draw: ("",),
    },
    tests=[a_text, small_letters],
    known_mistakes={
        "articles before marks": (
            articles_first,
            "You take articles away before the marks. While the mark is there, the article beside it is a word of its "
            "own; SQuAD takes the marks first, so that `the-ring` is one word.",
        ),
        "articles inside words": (
            articles_anywhere,
            "You take the letters of articles out of other words too. They must stand alone: `\\b` in a pattern is the "
            "edge of a word.",
        ),
        "marks become blanks": (
            marks_to_blanks,
            "You put a blank where a mark was. Then `well-known` becomes two words, and U.S. two letters.",
        ),
        "blanks stay": (
            lambda text: re.sub(ARTICLES, " ", without_marks(text.lower())),
            "You leave blanks where words were taken away. Split into words and join them with one blank.",
        ),
        "capitals stay": (
            lambda text: one_blank(re.sub(ARTICLES, " ", without_marks(text))),
            "There are capitals left",
        ),
    },
    hints=[
        "Four steps, in this order: `text.lower()`, marks, articles, blanks.",
        "Marks: keep each letter that is not in `string.punctuation`, and join what you keep with an empty text.",
        'Articles as whole words: `re.sub(r"\\b(a|an|the)\\b", " ", text)`.',
        'Blanks, at the end: `" ".join(text.split())`.',
    ],
)
