"""One trial of an answer: its inputs, what it returned, what the answer key returns on the same."""

from __future__ import annotations

import copy
import zlib
from typing import Any

import torch
from torch import Tensor

from llmcourse.course.exercise import Exercise


class Draw:
    """Random inputs for a case, from a generator of their own: the global one is in the hands of the learner's code."""

    def __init__(self, seed: int):
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, *shape: int) -> Tensor:
        """Normal numbers, mean 0 and standard deviation 1."""
        return torch.randn(*shape, generator=self.generator)

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from `low` to `high - 1`."""
        return torch.randint(low, high, shape, generator=self.generator)


class AnswerRaised(Exception):
    """The learner's code raised `error`."""

    def __init__(self, error: BaseException, case: str, calls_before: int):
        super().__init__(type(error).__name__)
        self.error = error
        self.case = case
        self.calls_before = calls_before  # how many calls had gone well


class Caller:
    """Calls one answer: on copies of its inputs, with the same random numbers each time, keeping count."""

    def __init__(self, exercise: Exercise, answer: Any):
        self.exercise = exercise
        self.answer = answer
        self.calls = 0
        self.changed_its_inputs = False

    def __call__(self, *inputs: Any, case: str = "") -> Any:
        """What the answer returns. Raises AnswerRaised."""
        copies = copy.deepcopy(inputs)
        torch.manual_seed(0)
        try:
            result = self.exercise.use(self.answer, *copies)
        except BaseException as error:
            raise AnswerRaised(error, case, self.calls) from error
        self.calls += 1
        self.changed_its_inputs |= not _unchanged(inputs, copies)
        return result


class Trial:
    """What a test of an exercise looks at."""

    def __init__(self, exercise: Exercise, case: str, caller: Caller):
        self.case = case
        self.inputs = exercise.cases[case](Draw(zlib.crc32(f"{exercise.key}/{case}".encode())))
        self._exercise, self._caller = exercise, caller
        self.result = self.call(*self.inputs)

    def call(self, *inputs: Any) -> Any:
        """What the same answer returns on other inputs: `trial.call(q, changed_k, v)`."""
        return self._caller(*inputs, case=self.case)

    @property
    def expected(self) -> Any:
        """What the answer key returns."""
        return Caller(self._exercise, self._exercise.answer)(*self.inputs)


def _unchanged(before: Any, after: Any) -> bool:
    if isinstance(before, Tensor) and isinstance(after, Tensor):
        return before.shape == after.shape and torch.equal(before.nan_to_num(), after.nan_to_num())
    if isinstance(before, tuple | list):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_unchanged(before[key], after[key]) for key in before)
    return True  # models and other objects may keep what they like
