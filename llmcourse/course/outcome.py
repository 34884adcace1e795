"""What a check found: one of four outcomes, each with a sign and a word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from llmcourse.course.display import box, cell_number, show
from llmcourse.errors import CourseError


class Kind(Enum):
    """The four outcomes: their sign, their words, and the colour of their box's edge."""

    NOT_ATTEMPTED = ("○", "Not attempted yet", "#6a7178")
    CORRECT = ("✓", "Correct", "#009e73")
    WRONG = ("✗", "Not right yet", "#d55e00")
    ERROR = ("!", "Your code raised an error", "#cc79a7")

    @property
    def sign(self) -> str:
        """○ ✓ ✗ or !"""
        return self.value[0]

    @property
    def words(self) -> str:
        """The outcome in words."""
        return self.value[1]


class NotSolved(CourseError):
    """Raised by a check that is not ✓ when `LLMCOURSE_STRICT=1`."""


@dataclass(frozen=True)
class Outcome:
    """What a check found. `outcome.correct` is the short answer; `outcome.diagnosis` says what is wrong, and why."""

    kind: Kind
    title: str  # of the exercise
    diagnosis: str = ""
    line: str = ""  # the learner's own line that raised the error
    shown_in: int | None = None  # the notebook cell in which check() showed it

    @property
    def correct(self) -> bool:
        """Is the answer right?"""
        return self.kind is Kind.CORRECT

    def __bool__(self) -> bool:
        return self.correct

    def __str__(self) -> str:
        parts = [f"{self.kind.sign} {self.kind.words}: {self.title}", self.diagnosis, self.line and f"    {self.line}"]
        return "\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<{self.kind.sign} {self.kind.words}: {self.title}>"

    def show(self) -> None:
        """Display the outcome."""
        heading = f"{self.kind.words}: {self.title}"
        colour = self.kind.value[2]
        show(str(self), box(self.kind.sign, heading, self.diagnosis, colour, role="status", code=self.line))

    def _ipython_display_(self, **_: Any) -> None:
        # check() has already shown it. As the last value of the same cell it would otherwise appear twice.
        if self.shown_in is None or self.shown_in != cell_number():
            self.show()
