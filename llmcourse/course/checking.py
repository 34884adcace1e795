"""Find out what is right or wrong about an answer. It looks at what the answer does, never at how it is written."""

from __future__ import annotations

import linecache
import random
import re
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy
import torch

from llmcourse.course.compare import agree, describe, difference
from llmcourse.course.exercise import Exercise
from llmcourse.course.outcome import Kind, Outcome
from llmcourse.course.timelimit import TookTooLong, run_with_limit
from llmcourse.course.trial import AnswerRaised, Caller, Trial

COMPILING_TAKES = 20  # times as long: the first calls of `torch.compile`d code are spent on compiling it
LONGEST_MESSAGE = 300

_PACKAGE = Path(__file__).resolve().parents[1]
_NOT_THE_LEARNERS = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")] + [str(_PACKAGE)]
_CONTENT = str(_PACKAGE / "course" / "content")  # the known mistakes, which stand for a learner's code in tests


def check_answer(exercise: Exercise, answer: Any) -> Outcome:
    """Try `answer` on every case of the exercise and say what was found."""
    if answer is None or answer is ...:
        return Outcome(Kind.NOT_ATTEMPTED, exercise.title)
    if exercise.is_function and not callable(answer):
        advice = f"`check` wants the function itself, not {describe(answer)}: write its name, without calling it."
        return Outcome(Kind.WRONG, exercise.title, advice)
    seconds = exercise.seconds * (COMPILING_TAKES if _is_compiled(answer) else 1)
    try:
        with _random_state_restored():
            diagnosis = run_with_limit(lambda: _diagnose(exercise, answer), seconds)
    except Blank:
        return Outcome(Kind.NOT_ATTEMPTED, exercise.title)
    except AnswerRaised as raised:
        return _outcome_of_error(exercise, raised)
    except TookTooLong as stopped:
        frames = [] if stopped.frame is None else list(traceback.walk_stack(stopped.frame))[::-1]
        message = f"TimeoutError: it was stopped after {seconds:g} seconds. Is there a loop that never ends?"
        return Outcome(Kind.ERROR, exercise.title, message, _learners_line(frames))
    kind = Kind.WRONG if diagnosis.problem else Kind.CORRECT
    return Outcome(kind, exercise.title, diagnosis.problem or diagnosis.remark)


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong, if anything; or a remark on an answer that is right."""

    problem: str = ""
    remark: str = ""


class Blank(Exception):
    """There is nothing to check yet."""


def _diagnose(exercise: Exercise, answer: Any) -> Diagnosis:
    caller = Caller(exercise, answer)
    trials = [Trial(exercise, case, caller) for case in exercise.cases]
    if all(trial.result is None or trial.result is ... for trial in trials):
        raise Blank
    problem = _failed_test(exercise, trials) or (_disagreement(exercise, trials) if exercise.compare else "")
    if problem:
        return Diagnosis(problem=_known_mistake(exercise, trials) or problem)
    remark = "It also changes the tensors that it is given, which surprises its caller: work on new ones."
    return Diagnosis(remark=remark if caller.changed_its_inputs else "")


def _failed_test(exercise: Exercise, trials: list[Trial]) -> str:
    """What the first test that is not content has to say."""
    for test in exercise.tests:
        for trial in trials:
            try:
                problem = test(trial)
            except AnswerRaised:
                raise
            except Exception:  # the test stumbled over a result that is not at all what it was made for
                problem = difference(trial.result, trial.expected, exercise.tolerance)
                problem = problem or f"It returned {describe(trial.result)}, which the check cannot use."
            if problem:
                return problem
    return ""


def _disagreement(exercise: Exercise, trials: list[Trial]) -> str:
    """How the answer differs from the answer key, in numbers."""
    for trial in trials:
        if problem := difference(trial.result, trial.expected, exercise.tolerance):
            return f"{problem.removesuffix('.')} ({trial.case})."
    return ""


def _known_mistake(exercise: Exercise, trials: list[Trial]) -> str:
    """The diagnosis of the known mistake that gives the same results as the answer on every case, if there is one.

    It says more than a test can, which sees what is wrong but not how it came about.
    """
    for mistake, diagnosis in exercise.known_mistakes.values() if exercise.compare else ():
        with suppress(AnswerRaised):
            results = [Caller(exercise, mistake)(*trial.inputs) for trial in trials]
            pairs = zip(trials, results, strict=True)
            if all(agree(trial.result, wrong, exercise.tolerance) for trial, wrong in pairs):
                return diagnosis
    return ""


def _outcome_of_error(exercise: Exercise, raised: AnswerRaised) -> Outcome:
    error = raised.error
    is_blank = isinstance(error, NotImplementedError) and not re.search("not implemented for|Could not run", str(error))
    if is_blank and not raised.calls_before:
        return Outcome(Kind.NOT_ATTEMPTED, exercise.title)
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    if len(message) > LONGEST_MESSAGE:
        message = message[:LONGEST_MESSAGE] + " …"
    if is_blank:
        message = "A part of it still raises NotImplementedError."
    elif isinstance(error, SystemExit):
        message = "SystemExit: it called exit(), which ends the whole program."
    elif isinstance(error, RecursionError):
        message += ". Does it call itself without end?"
    if raised.case:
        message += f" ({raised.case})"
    return Outcome(Kind.ERROR, exercise.title, message, _learners_line(list(traceback.walk_tb(error.__traceback__))))


def _learners_line(frames: list[tuple[FrameType, int]]) -> str:
    """The innermost line of the learner's own code among these frames (outermost first)."""
    for frame, number in reversed(frames):
        file = frame.f_code.co_filename
        ours = file.startswith(("<frozen", *_NOT_THE_LEARNERS)) and not file.startswith(_CONTENT)
        if not ours:
            return f"line {number}: {linecache.getline(file, number, frame.f_globals).strip()}".rstrip(": ")
    return ""


def _is_compiled(answer: Any) -> bool:
    return hasattr(answer, "_torchdynamo_orig_callable") or hasattr(answer, "_orig_mod")


@contextmanager
def _random_state_restored() -> Iterator[None]:
    """Leave the global random numbers as they were: a check must not change what the next cell draws."""
    states = random.getstate(), numpy.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        numpy.random.set_state(states[1])
        torch.set_rng_state(states[2])
