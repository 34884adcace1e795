"""Open tasks: an exercise whose answer is a trained model, judged by what it can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmcourse.course.exercise import Exercise, Test

if TYPE_CHECKING:
    from llmcourse.course.trial import Trial


def open_task(
    key: str,
    title: str,
    task: str,
    minutes: int,
    kind: Any,
    judged: str,
    tests: Sequence[Test],
    hints: Sequence[str],
    solution_code: str,
    seconds: float = 60,
) -> Exercise:
    """An exercise of the highest difficulty with many right answers. The arguments are those of `Exercise`, besides:

    kind:    the class that the model must be of (a function, where anything will do that can be called)
    judged:  where the tests look, as in "It is wrong … on new stories"
    """
    is_a_model: list[Test] = [is_a(kind)] if isinstance(kind, type) else []
    return Exercise(
        key=key,
        title=title,
        task=task,
        difficulty=3,
        minutes=minutes,
        answer=kind,
        is_function=False,
        compare=False,
        seconds=seconds,
        use=lambda model: model,
        cases={judged: lambda draw: ()},
        tests=[*is_a_model, *tests],
        hints=hints,
        solution_code=solution_code,
    )


def is_a(kind: type) -> Test:
    """The test that the answer is a model of this class."""

    def test(trial: Trial) -> str | None:
        if isinstance(trial.result, kind):
            return None
        return f"Give it the trained model, a `{kind.__name__}`; this is a {type(trial.result).__name__}."

    return test


def has_at_most(most: int) -> Test:
    """The test that the model has at most so many parameters."""

    def test(trial: Trial) -> str | None:
        size = sum(parameter.numel() for parameter in trial.result.parameters())
        if size <= most:
            return None
        return f"It has {size:,} parameters; at most {most:,} are allowed. Which part takes the most?"

    return test
