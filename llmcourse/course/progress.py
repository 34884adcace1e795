"""The learner's progress as a table."""

from __future__ import annotations

import html
from typing import Any

from llmcourse.course.chapters import content, numbers
from llmcourse.course.record import load


class Progress:
    """What is done and what is left, exercise by exercise. As the last value of a cell it shows itself as a table."""

    def __init__(self, rows: list[tuple[str, str, str, str]]):
        self.rows = rows  # notebook, what, state, details

    def __str__(self) -> str:
        widths = [max(len(row[column]) for row in [_HEADINGS, *self.rows]) for column in range(4)]
        lines = [
            "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [_HEADINGS, *self.rows]
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        head = "".join(f'<th scope="col" style="text-align:left">{cell}</th>' for cell in _HEADINGS)
        rows = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in row) + "</tr>"
            for row in self.rows
        )
        table = f"<table><caption>Your progress</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return {"text/plain": str(self), "text/html": table}


_HEADINGS = ("notebook", "exercise", "state", "details")


def progress() -> Progress:
    """What you have done so far, in every notebook."""
    remembered = load()
    rows = []
    for number in numbers():
        for exercise in content(number).EXERCISES:
            rows.append(
                (number, exercise.title, *_exercise_state(remembered["exercises"].get(f"{number}.{exercise.key}", {})))
            )
        if content(number).QUIZ:
            rows.append(
                (number, "quiz", *_quiz_state(remembered["quizzes"].get(number, {}), len(content(number).QUIZ)))
            )
    return Progress(rows)


def _exercise_state(entry: dict[str, Any]) -> tuple[str, str]:
    attempts, hints = entry.get("attempts", 0), entry.get("hints", 0)
    state = "✓ solved" if entry.get("solved") else "✗ tried" if attempts else "○ open"
    details = [_count(attempts, "attempt")] * bool(attempts) + [_count(hints, "hint")] * bool(hints)
    return state, ", ".join(details)


def _quiz_state(answers: dict[str, bool], questions: int) -> tuple[str, str]:
    state = "✓ answered" if len(answers) >= questions else "… begun" if answers else "○ open"
    right = sum(bool(correct) for correct in answers.values())
    return state, f"{right} of {questions} right at once" if answers else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
