"""Exercise: what must not be shown yet."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.inference.stopping import held_back


def lengths(text, stop):
    """How long each beginning of a stop string is with which the text ends."""
    return [n for string in stop for n in range(1, len(string)) if text.endswith(string[:n])]


HELD_BACK = Exercise(
    key="held_back",
    title="Not yet",
    task="Write `held_back(text, stop)`: how many characters at the end of `text` could be the beginning of one of the "
    "strings in `stop`, the most if there are several ways.",
    difficulty=2,
    minutes=8,
    answer=held_back,
    cases={
        "for a text that ends in half a stop string": lambda draw: ("Mia ran. Who l", ["Who lost"]),
        "for a text that does not": lambda draw: ("Mia ran. Who found", ["Who lost"]),
        "for two ways": lambda draw: ("so aba", ["abab", "ac"]),
        "for several stop strings": lambda draw: ("the end\n", ["END", "\n\n"]),
        "for no stop string": lambda draw: ("Mia", []),
        "for a text shorter than the string": lambda draw: ("W", ["Who lost"]),
    },
    known_mistakes={
        "the shortest": (
            lambda text, stop: min(lengths(text, stop), default=0),
            "Where several ways are possible, you hold back the shortest. In 'aba' the whole may begin 'abab': all "
            "three characters have to wait.",
        ),
        "the first string only": (
            lambda text, stop: max(lengths(text, stop[:1]), default=0),
            "You look at the first stop string only; any of them may be on its way.",
        ),
        "as long as the longest": (
            lambda text, stop: min(len(text), max(map(len, stop), default=1) - 1),
            "You always hold back as much as a stop string could need. That is safe, but the reader waits for text "
            "that cannot be one.",
        ),
        "one character": (
            lambda text, stop: int(bool(lengths(text, stop))),
            "You say whether something must wait. Asked is how many characters.",
        ),
    },
    hints=[
        "Which ends of the text are beginnings of a stop string? Try lengths from long to short.",
        "`string.startswith(text[-n:])` is true when the last n characters begin the string. Mind n = 0.",
        "Go from one less than the longest string's length down to 1, and return the first n for which any string "
        "fits; 0 if none does.",
    ],
)
