"""A short quiz at the end of a notebook: radio buttons when it is live, folded answers when it is only read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llmcourse.course.chapters import content
from llmcourse.course.display import in_notebook, inline
from llmcourse.errors import CourseError

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Choice:
    """One choice of a question, and what to say to somebody who takes it."""

    text: str
    explanation: str
    correct: bool = False

    @property
    def verdict(self) -> str:
        """Sign, word and explanation."""
        return f"{'✓ Right.' if self.correct else '✗ No.'} {self.explanation}"


@dataclass(frozen=True)
class Question:
    """A question with several choices, exactly one of them correct. `code` in backquotes."""

    text: str
    choices: Sequence[Choice]

    def __post_init__(self) -> None:
        if sum(choice.correct for choice in self.choices) != 1:
            raise CourseError(f"a question needs exactly one correct choice: {self.text!r}")
        if len({choice.explanation for choice in self.choices}) < len(self.choices):
            raise CourseError(f"each choice needs an explanation of its own: {self.text!r}")


class Quiz:
    """The questions of one notebook. As the last value of a cell it shows itself.

    A live notebook shows radio buttons, which the keyboard reaches; a saved one shows the same questions, where every
    choice unfolds its explanation; where there is no page at all, they are text.
    """

    def __init__(self, number: str, questions: Sequence[Question]):
        self.number = number
        self.questions = list(questions)

    def __len__(self) -> int:
        return len(self.questions)

    def __str__(self) -> str:
        return self._text(lambda choice: choice.text)

    __repr__ = __str__

    def answers(self) -> str:
        """Every choice of every question with its explanation, as text."""
        return self._text(lambda choice: f"{choice.text} {choice.verdict}")

    def _text(self, words: Callable[[Choice], str]) -> str:
        blocks = []
        for place, question in enumerate(self.questions, start=1):
            choices = [
                f"   {letter}) {words(choice)}" for letter, choice in zip(LETTERS, question.choices, strict=False)
            ]
            blocks.append("\n".join([f"{place}. {question.text}", *choices]))
        return "\n\n".join(blocks)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live, metadata = self._live_view()
        page = "".join(_question_page(place, question) for place, question in enumerate(self.questions, start=1))
        return {**live, "text/html": page, "text/plain": str(self)}, metadata

    def _live_view(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The radio buttons; nothing where no kernel would answer them."""
        if not in_notebook():
            return {}, {}
        from llmcourse.course.quiz_widget import QuizWidget

        return QuizWidget(self)._repr_mimebundle_() or ({}, {})


def quiz(number: str) -> Quiz:
    """The quiz of the notebook with this number.

    Raises:
        CourseError: there is no such notebook.
    """
    return Quiz(number, content(number).QUIZ)


def _question_page(place: int, question: Question) -> str:
    """One question as HTML that needs neither kernel nor script."""
    choices = "".join(
        f"<li><details><summary>{inline(choice.text)}</summary><p>{inline(choice.verdict)}</p></details></li>"
        for choice in question.choices
    )
    return f'<p><strong>{place}.</strong> {inline(question.text)}</p><ol type="a">{choices}</ol>'
