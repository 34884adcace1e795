"""The live quiz: native radio buttons in a page, and a kernel that remembers the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from llmcourse.course.display import inline
from llmcourse.course.quizzes import Quiz
from llmcourse.course.record import record_quiz


class QuizWidget(anywidget.AnyWidget):
    """Radio buttons for every question; the explanation of the chosen one appears below, and is read aloud."""

    _esm = (Path(__file__).parent / "static" / "quiz.js").read_text(encoding="utf-8")
    questions: Any = traitlets.List().tag(sync=True)  # [{text, choices: [{text, verdict}]}], as HTML
    chosen: Any = traitlets.Dict().tag(sync=True)  # the choice taken for each question, by their places

    def __init__(self, quiz: Quiz, **options: Any):
        super().__init__(
            questions=[
                {
                    "text": f"<strong>{place}.</strong> {inline(question.text)}",
                    "choices": [{"text": inline(c.text), "verdict": inline(c.verdict)} for c in question.choices],
                }
                for place, question in enumerate(quiz.questions, start=1)
            ],
            **options,
        )
        self._quiz = quiz
        self.observe(self._remember, "chosen")

    def _remember(self, change: dict[str, Any]) -> None:
        for place, choice in change["new"].items():
            if change["old"].get(place) != choice:
                question = self._quiz.questions[int(place)]
                record_quiz(self._quiz.number, int(place) + 1, question.choices[choice].correct)
