"""What the progress file may hold: its shape, and a check that says in words what is wrong with one.

    {"format": 1,
     "opened": ["00", "04"],
     "exercises": {"04.softmax": {"attempts": 2, "solved": true, "hints": 1}},
     "quizzes": {"04": {"1": true, "2": false}}}

No code, no text, no times: only what was tried and how it went.
"""

from __future__ import annotations

from typing import Any

FORMAT = 1
COUNTS = ("attempts", "hints")


class NotProgress(ValueError):
    """What was read is no progress. The message says which part of it, and why."""


class NewerFormat(NotProgress):
    """It was written by a newer llmcourse."""


def nothing() -> dict[str, Any]:
    """The progress of somebody who has not begun."""
    return {"format": FORMAT, "opened": [], "exercises": {}, "quizzes": {}}


def checked(stored: Any) -> dict[str, Any]:
    """`stored` with every part there, whatever it lacked, and without what this version does not know.

    Raises:
        NewerFormat: it has a format that this version does not know.
        NotProgress: a part is not what it should be.
    """
    written = _of(stored, "the file", dict).get("format")
    if not _is_count(written):
        raise NotProgress("it has no format number")
    if written > FORMAT:
        raise NewerFormat("it was written by a newer llmcourse")
    opened = [_of(number, "an opened chapter", str) for number in _of(stored.get("opened", []), "'opened'", list)]
    exercises = _of(stored.get("exercises", {}), "'exercises'", dict)
    quizzes = _of(stored.get("quizzes", {}), "'quizzes'", dict)
    return {
        "format": FORMAT,
        "opened": sorted(set(opened)),
        "exercises": {key: _exercise(key, entry) for key, entry in exercises.items()},
        "quizzes": {number: _quiz(number, answers) for number, answers in quizzes.items()},
    }


def _exercise(key: str, entry: Any) -> dict[str, Any]:
    known = {name: value for name, value in _of(entry, f"exercise {key}", dict).items() if name in (*COUNTS, "solved")}
    for name, value in known.items():
        if name in COUNTS and not _is_count(value):
            raise NotProgress(f"{name!r} of exercise {key} is no number")
        if name == "solved" and not isinstance(value, bool):
            raise NotProgress(f"'solved' of exercise {key} is neither true nor false")
    return known


def _quiz(number: str, answers: Any) -> dict[str, bool]:
    return {
        question: _of(correct, f"question {question} of quiz {number}", bool)
        for question, correct in _of(answers, f"quiz {number}", dict).items()
    }


def _of(value: Any, what: str, kind: type) -> Any:
    if not isinstance(value, kind):
        raise NotProgress(f"{what} should be {_WORDS[kind]} and is {_WORDS.get(type(value), 'something else')}")
    return value


_WORDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
