import importlib.util
import sys
import textwrap

import pytest

from llmcourse.course.source import definition_source, standalone_source

MODULE = '''
"""A module with all that a definition may need."""
from __future__ import annotations

import math
import os.path
from collections.abc import Callable, Iterable as Many
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

HALF = 0.5  # of one
LIMIT: int = 3
UNUSED = 7


def mark(function: Callable) -> Callable:
    function.marked = True
    return function


def helper(x: Many[float]) -> float:
    return HALF * sum(x)


@mark
def answer(x: Many[float], y: Decimal | None = None) -> float:
    """What is asked for."""
    # and why
    return math.sqrt(helper(x)) + LIMIT


class Counter:
    """A class that counts."""

    def up(self) -> int:
        return len(os.path.sep) + LIMIT


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)
'''


@pytest.fixture
def module(tmp_path):
    (tmp_path / "a_module_with_answers.py").write_text(MODULE.lstrip(), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("a_module_with_answers", tmp_path / "a_module_with_answers.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_a_function_with_what_it_needs_and_no_more(module):
    assert standalone_source(module.answer) == textwrap.dedent('''
        from __future__ import annotations
        import math
        from collections.abc import Callable, Iterable as Many
        from decimal import Decimal


        HALF = 0.5  # of one


        LIMIT: int = 3


        def mark(function: Callable) -> Callable:
            function.marked = True
            return function


        def helper(x: Many[float]) -> float:
            return HALF * sum(x)


        @mark
        def answer(x: Many[float], y: Decimal | None = None) -> float:
            """What is asked for."""
            # and why
            return math.sqrt(helper(x)) + LIMIT
        ''').strip("\n")


@pytest.mark.parametrize("name", ["answer", "Counter", "even"])
def test_runs_alone(module, name):
    namespace = {"__name__": "__main__"}
    exec(standalone_source(getattr(module, name)), namespace)
    assert name in namespace
    assert "UNUSED" not in namespace
    if name == "even":
        assert namespace["even"](10)
    if name == "Counter":
        assert namespace["Counter"]().up() == 4


def test_without_imports_for_reading(module):
    assert definition_source(module.Counter).startswith("LIMIT: int = 3\n\n\nclass Counter:")
