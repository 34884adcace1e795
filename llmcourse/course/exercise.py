"""What an author writes down about one exercise.

The answer is a public function or class of the package, so no solution is kept twice. What makes a check helpful is
here as well: the inputs on which an answer is tried, how it must behave on them, and the usual mistakes, as code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llmcourse.errors import CourseError

if TYPE_CHECKING:  # torch is needed to run a check, not to describe one
    from llmcourse.course.trial import Draw, Trial

Case = Callable[["Draw"], tuple]  # makes one set of inputs; draws its random numbers from what it is given
Test = Callable[["Trial"], str | None]  # looks at one trial, and says what is wrong, if anything is


def call(answer: Any, *inputs: Any) -> Any:
    """The usual way to use an answer: call it."""
    return answer(*inputs)


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook.

    A check tries the answer on every case, asks every test about every trial, in this order, and compares what passes
    all of them with the answer key. An answer that fails is compared with the known mistakes first: if it gives the
    same results as one of them, that mistake's diagnosis is shown, otherwise what the first test had to say.
    """

    key: str  # what it is called in `exercises("04").key` and in the tag `exercise:key`
    title: str
    task: str  # one sentence; code in `backquotes`
    difficulty: int  # 1 to 3
    minutes: int
    answer: Any  # the package's function or class
    cases: Mapping[str, Case]  # from the smallest to the strangest; a name reads on from a sentence: "for two tokens"
    hints: Sequence[str]  # from a nudge to the last step before the answer
    tests: Sequence[Test] = ()
    known_mistakes: Mapping[str, tuple[Any, str]] = field(default_factory=dict)  # name: (wrong answer, its diagnosis)
    tolerance: float = 1e-5  # absolute and relative, between the answer and the answer key
    seconds: float = 10  # after which an answer is stopped
    use: Callable[..., Any] = call  # use(answer, *inputs): how to try an answer that is not a plain function
    is_function: bool = True  # False: the answer is a value that need not be callable, such as a trained model
    compare: bool = True  # False: an open task with many right answers, judged by its tests alone
    solution_code: str = ""  # for an open task: what the solved edition runs instead of the answer's source

    def __post_init__(self) -> None:
        if not self.key.isidentifier():
            raise CourseError(f"exercise key {self.key!r} must be a Python name")
        if self.difficulty not in (1, 2, 3):
            raise CourseError(f"exercise {self.key!r}: difficulty is 1, 2 or 3, not {self.difficulty}")
        if not self.cases or not self.hints:
            raise CourseError(f"exercise {self.key!r} needs at least one case and one hint")

    @property
    def dots(self) -> str:
        """The difficulty as dots: ●●○."""
        return "●" * self.difficulty + "○" * (3 - self.difficulty)
