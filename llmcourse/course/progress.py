"""The learner's progress as a table."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from llmcourse.course.display import counted
from llmcourse.course.record import load
from llmcourse.course.standing import ChapterStanding, ExerciseStanding, standings


class Progress:
    """What is done and what is left, exercise by exercise. As the last value of a cell it shows itself as a table."""

    def __init__(self, chapters: Sequence[ChapterStanding]):
        self.chapters = list(chapters)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """One row for each exercise and each quiz: notebook, what, state, details."""
        return [row for chapter in self.chapters for row in _rows(chapter)]

    @property
    def summary(self) -> str:
        """All of it in one line."""
        chapters = self.chapters
        opened, solved = sum(chapter.begun for chapter in chapters), sum(chapter.solved for chapter in chapters)
        exercises = counted(sum(len(chapter.exercises) for chapter in chapters), "exercise")
        quizzes = [chapter for chapter in chapters if chapter.questions]
        answered = sum(chapter.answered >= chapter.questions for chapter in quizzes)
        return (
            f"{opened} of {counted(len(chapters), 'chapter')} opened, {solved} of {exercises} solved, "
            f"{answered} of {counted(len(quizzes), 'quiz')} answered"
        )

    def __str__(self) -> str:
        rows = [_HEADINGS, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
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
    return Progress(standings(load()))


def _rows(chapter: ChapterStanding) -> list[tuple[str, str, str, str]]:
    rows = [(chapter.number, task.title, f"{task.sign} {task.word}", _details(task)) for task in chapter.exercises]
    if chapter.questions:
        right = f"{chapter.right} of {chapter.questions} right at once" if chapter.answered else ""
        rows.append((chapter.number, "quiz", f"{chapter.quiz_sign} {chapter.quiz_word}", right))
    return rows


def _details(task: ExerciseStanding) -> str:
    counts = ((task.attempts, "attempt"), (task.hints, "hint"))
    return ", ".join(counted(number, noun) for number, noun in counts if number)
