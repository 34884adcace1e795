"""Does the course's own answer run when a learner's is called?

Whatever road leads there (a wrapper, `importlib`, a piece of text given to `exec`), it ends in the course's code being
run on behalf of the learner's. That is looked for while the answer works on the cases of its check.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any

from llmcourse.course.exercise import Exercise

LEARNERS = "<ipython-input"  # what IPython calls the cells that it runs


def calls_answer_key(exercise: Exercise, answer: Any) -> bool:
    """Is code of the exercise's own answer run somewhere below code of the learner's?"""
    from llmcourse.course.timelimit import TookTooLong, run_with_limit
    from llmcourse.course.trial import AnswerRaised, Caller, Draw

    if exercise.solution_code:  # an open task, whose answer is made with the course's parts
        return False
    key = set(_codes(exercise.answer))
    found = False

    def watch(frame: FrameType, event: str, _: Any) -> None:
        nonlocal found
        found = found or (event == "call" and frame.f_code in key and _is_below_learners(frame))

    def work() -> None:
        for case in exercise.cases.values():
            inputs = case(Draw(0))
            sys.setprofile(watch)  # of this thread only
            try:
                Caller(exercise, answer)(*inputs)
            finally:
                sys.setprofile(None)

    with suppress(AnswerRaised, TookTooLong):
        run_with_limit(work, exercise.seconds)
    return found


def _codes(answer: Any) -> list[CodeType]:
    """The code of a function, or of all methods of a class."""
    parts = vars(answer).values() if inspect.isclass(answer) else [answer]
    functions = [inspect.unwrap(part) for part in parts if callable(part)]
    return [function.__code__ for function in functions if hasattr(function, "__code__")]


def _is_below_learners(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(LEARNERS):
            return True
        frame = frame.f_back
    return False
