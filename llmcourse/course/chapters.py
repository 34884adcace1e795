"""Find the content of a chapter: its exercises and its quiz."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from llmcourse.course import content as content_package
from llmcourse.course.exercise import Exercise
from llmcourse.errors import CourseError


def numbers() -> list[str]:
    """The numbers of the notebooks that have content, in course order: ["00", "04", …]."""
    return sorted(module.name[2:] for module in pkgutil.iter_modules(content_package.__path__))


@cache
def content(number: str) -> ModuleType:
    """The package with `EXERCISES` and `QUIZ` of one notebook: `llmcourse/course/content/ch04` for "04".

    Raises:
        CourseError: there is none.
    """
    if number not in numbers():
        raise CourseError(f"notebook {number!r} has no exercises; those that have are {', '.join(numbers())}")
    return importlib.import_module(f"{content_package.__name__}.ch{number}")


def find_exercise(number: str, key: str) -> Exercise:
    """One exercise. Raises CourseError when notebook `number` has none called `key`."""
    found = {exercise.key: exercise for exercise in content(number).EXERCISES}
    if key not in found:
        raise CourseError(f"notebook {number} has no exercise {key!r}; it has: {', '.join(found) or 'none'}")
    return found[key]
