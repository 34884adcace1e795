"""The exercises of a notebook, as the learner meets them: `check`, `hint`, `solution`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from llmcourse.course.chapters import content
from llmcourse.course.display import box, cell_number, show
from llmcourse.course.exercise import Exercise
from llmcourse.course.outcome import NotSolved, Outcome
from llmcourse.course.record import record_attempt, record_hint
from llmcourse.course.source import definition_source
from llmcourse.errors import CourseError


class OpenExercise:
    """One exercise on the learner's desk."""

    def __init__(self, number: str, exercise: Exercise):
        self.number = number
        self.exercise = exercise
        self._hints_given = 0

    def check(self, answer: Any) -> Outcome:
        """Try the answer, show what was found, and return it.

        Args:
            answer: the function or class itself, not what it returns; anything that can be called will do.

        Raises:
            NotSolved: with `LLMCOURSE_STRICT=1`, or when nbgrader runs the notebook, and the answer is not correct.
        """
        from llmcourse.course.checking import check_answer  # needs torch

        outcome = replace(check_answer(self.exercise, answer), shown_in=cell_number())
        outcome.show()
        record_attempt(self.number, self.exercise.key, outcome.kind.name.lower())
        if _strict() and not outcome.correct:
            raise NotSolved(f"exercise {self.exercise.key} of notebook {self.number}: {' '.join(str(outcome).split())}")
        return outcome

    def hint(self, number: int | None = None) -> None:
        """Show the next hint, or the one with this number; after the last one it is shown again."""
        hints = self.exercise.hints
        wanted = self._hints_given + 1 if number is None else number
        if wanted < 1:
            raise CourseError(f"hints are numbered from 1 to {len(hints)}, there is none numbered {wanted}")
        wanted = min(wanted, len(hints))
        self._hints_given = max(self._hints_given, wanted)
        record_hint(self.number, self.exercise.key, self._hints_given)
        more = "" if wanted < len(hints) else "\n\nThis was the last hint; `solution()` shows the course's own answer."
        heading = f"Hint {wanted} of {len(hints)}: {self.exercise.title}"
        body = hints[wanted - 1] + more
        show(f"? {heading}\n{body}", box("?", heading, body, colour="#56b4e9"))

    def solution(self) -> None:
        """Show the course's own answer: the source of the package, which the rest of the notebook uses."""
        heading = f"Solution: {self.exercise.title}"
        origin, source = self._solution()
        show(f"= {heading}\n{origin}\n\n{source}", box("=", heading, origin, colour="#0072b2", code=source))

    def _solution(self) -> tuple[str, str]:
        if self.exercise.solution_code:
            return "One of many ways:", self.exercise.solution_code.strip()
        answer = self.exercise.answer
        return f"This is `{answer.__qualname__}` of `{answer.__module__}`:", definition_source(answer)

    def __str__(self) -> str:
        exercise = self.exercise
        return f"Exercise {exercise.key} {exercise.dots} about {exercise.minutes} minutes\n{exercise.task}"

    def __repr__(self) -> str:
        return f"<exercise {self.exercise.key} of notebook {self.number}: {self.exercise.title}>"

    def _ipython_display_(self, **_: Any) -> None:
        exercise = self.exercise
        heading = f"{exercise.title} {exercise.dots} about {exercise.minutes} minutes"
        show(str(self), box("✎", heading, exercise.task))


def _strict() -> bool:
    """Has a check to raise what it finds? For nbgrader a cell that raises nothing is right."""
    return os.environ.get("LLMCOURSE_STRICT") == "1" or "NBGRADER_EXECUTION" in os.environ


class Exercises:
    """The exercises of one notebook, each under its own name: `exercises("04").attention`."""

    def __init__(self, number: str, found: list[Exercise]):
        self._number = number
        self._open = {exercise.key: OpenExercise(number, exercise) for exercise in found}

    def __getattr__(self, key: str) -> OpenExercise:
        if key.startswith("_") or key not in self._open:
            raise AttributeError(f"notebook {self._number} has no exercise {key!r}; it has {', '.join(self._open)}")
        return self._open[key]

    def __dir__(self) -> list[str]:
        return list(self._open)

    def __iter__(self) -> Iterator[OpenExercise]:
        return iter(self._open.values())

    def __len__(self) -> int:
        return len(self._open)

    def __repr__(self) -> str:
        lines = [f"{task.exercise.dots} {task.exercise.key}: {task.exercise.title}" for task in self]
        return "\n".join([f"The exercises of notebook {self._number}:", *lines])


def exercises(number: str) -> Exercises:
    """The exercises of the notebook with this number.

    Raises:
        CourseError: there is no such notebook, or it has no exercises.
    """
    return Exercises(number, content(number).EXERCISES)
