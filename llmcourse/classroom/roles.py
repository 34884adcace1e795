"""What a cell is for: the answer to an exercise, its check, or neither."""

from __future__ import annotations

import ast

from llmcourse.classroom.names import parse
from llmcourse.classroom.submission import SubmittedCell


def checked_name(source: str) -> str:
    """The name that a check cell hands to its check: `softmax` in `exercise.softmax.check(softmax)`; "" if none."""
    tree = parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    for call in calls:
        is_check = isinstance(call.func, ast.Attribute) and call.func.attr == "check"
        if is_check and call.args and isinstance(call.args[0], ast.Name):
            return call.args[0].id
    return ""


def role_of(cell: SubmittedCell) -> str:
    """ "exercise:KEY" or "check:KEY", by tag or by nbgrader's name for the cell; "" for all others."""
    for tag in cell.tags:
        if tag.startswith(("exercise:", "check:")):
            return tag
    kind, dash, key = cell.grade_id.partition("-")
    return f"{kind}:{key}" if dash and kind in ("exercise", "check") else ""


def plain(source: str) -> str:
    """A source without what an editor changes by itself."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
