"""The code cells of a notebook, as they are run: which holds an answer, and which a check."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from llmcourse.classroom.names import parse


@dataclass(frozen=True)
class Cell:
    """One code cell to run."""

    source: str
    exercise: str = ""  # the key, where the learner's answer stands in it
    check: str = ""  # the key, where it is the check of that exercise


def setup_of(check: str) -> str:
    """A check cell without its check: what else it does, such as `exercise = exercises("04")`, later checks rely on."""
    tree = parse(check)
    if tree is None:
        return ""
    return "\n".join(ast.unparse(statement) for statement in tree.body if not _is_check(statement))


def _is_check(statement: ast.stmt) -> bool:
    """Is it an expression with a call of something's `check`?"""
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return isinstance(statement, ast.Expr) and any(isinstance(f, ast.Attribute) and f.attr == "check" for f in calls)
