"""How far somebody has come, chapter by chapter: what is remembered, beside what the course holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmcourse.course.chapters import content, numbers
from llmcourse.course.exercise import Exercise


@dataclass(frozen=True)
class ExerciseStanding:
    """One exercise: what it is, and what was done about it."""

    key: str
    title: str
    attempts: int = 0
    hints: int = 0
    solved: bool = False

    @property
    def sign(self) -> str:
        """The sign that a check of it would show."""
        return "✓" if self.solved else "✗" if self.attempts else "○"

    @property
    def word(self) -> str:
        return "solved" if self.solved else "tried" if self.attempts else "open"


@dataclass(frozen=True)
class ChapterStanding:
    """One chapter: its exercises, and how many questions of its quiz were answered, and right at once."""

    number: str
    opened: bool
    exercises: tuple[ExerciseStanding, ...]
    questions: int
    answered: int
    right: int

    @property
    def solved(self) -> int:
        return sum(exercise.solved for exercise in self.exercises)

    @property
    def done(self) -> bool:
        """Every exercise is solved and every question answered."""
        return self.solved == len(self.exercises) and self.answered >= self.questions

    @property
    def begun(self) -> bool:
        return self.opened or self.answered > 0 or any(task.attempts or task.hints for task in self.exercises)

    @property
    def sign(self) -> str:
        return "✓" if self.done else "…" if self.begun else "○"

    @property
    def word(self) -> str:
        return "done" if self.done else "begun" if self.begun else "open"

    @property
    def quiz_sign(self) -> str:
        return "✓" if self.answered >= self.questions else "…" if self.answered else "○"

    @property
    def quiz_word(self) -> str:
        return "answered" if self.answered >= self.questions else "begun" if self.answered else "open"


def standings(remembered: Mapping[str, Any]) -> list[ChapterStanding]:
    """All chapters in course order. What is remembered of exercises that the course no longer has is left out."""
    return [_chapter(number, remembered) for number in numbers()]


def _chapter(number: str, remembered: Mapping[str, Any]) -> ChapterStanding:
    chapter, answers = content(number), remembered["quizzes"].get(number, {})
    asked = [str(place) for place in range(1, len(chapter.QUIZ) + 1)]
    return ChapterStanding(
        number=number,
        opened=number in remembered["opened"],
        exercises=tuple(_exercise(number, exercise, remembered["exercises"]) for exercise in chapter.EXERCISES),
        questions=len(asked),
        answered=sum(place in answers for place in asked),
        right=sum(answers.get(place, False) for place in asked),
    )


def _exercise(number: str, exercise: Exercise, entries: Mapping[str, Any]) -> ExerciseStanding:
    entry = entries.get(f"{number}.{exercise.key}", {})
    return ExerciseStanding(exercise.key, exercise.title, **entry)
