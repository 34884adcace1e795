"""The source of an answer, ready to be shown or to run on its own.

No solution is kept twice: what a learner is shown, and what the solved edition of a notebook runs, is the source of the
package's own function or class.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from typing import Any

from llmcourse.course.exercise import Exercise


def solution_source(exercise: Exercise) -> str:
    """Code that defines the answer of an exercise, ready to run in an empty namespace."""
    return exercise.solution_code.strip() or standalone_source(exercise.answer)


def standalone_source(definition: Any) -> str:
    """The source of a function or class of the package with all that it needs to stand alone: imports first."""
    module = _Module(definition)
    wanted = module.needed_by(definition.__name__)
    imports = module.imports(wanted)
    return "\n\n\n".join(["\n".join(imports)] * bool(imports) + [module.source(name) for name in wanted])


def definition_source(definition: Any) -> str:
    """The source of a function or class, preceded by what it uses of its own file, without imports."""
    module = _Module(definition)
    return "\n\n\n".join(module.source(name) for name in module.needed_by(definition.__name__))


class _Module:
    """The file in which a function or class is defined, as a list of named statements."""

    def __init__(self, definition: Any):
        text = inspect.getsource(sys.modules[definition.__module__])
        self.lines = text.splitlines()
        self.statements = list(_top_level(ast.parse(text).body))
        self.named = {name: statement for statement in self.statements for name in _defined_names(statement)}

    def needed_by(self, name: str) -> list[str]:
        """`name` and the names of this file that it uses, directly or not, in the order of the file."""
        needed: set[str] = set()
        waiting = [name]
        while waiting:
            if (current := waiting.pop()) not in needed:
                needed.add(current)
                waiting += [used for used in _used_names(self.named[current]) if used in self.named]
        return [name for name in self.named if name in needed]

    def imports(self, names: list[str]) -> list[str]:
        """The import lines of this file that these definitions need, each with no more names than that."""
        used = set().union(*(_used_names(self.named[name]) for name in names))
        lines = []
        for statement in self.statements:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
                kept = [a for a in statement.names if is_future or (a.asname or a.name).partition(".")[0] in used]
                if kept:
                    statement.names = kept
                    lines.append(ast.unparse(statement))
        return lines

    def source(self, name: str) -> str:
        """The lines that define `name`, with their comments and decorators."""
        statement = self.named[name]
        start = min([statement.lineno, *(node.lineno for node in getattr(statement, "decorator_list", []))])
        return "\n".join(self.lines[start - 1 : statement.end_lineno])


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a file, with those under an `if` or `try` (such as `if TYPE_CHECKING:`) among them."""
    for statement in body:
        if isinstance(statement, ast.If | ast.Try):
            yield from _top_level(statement.body)
        else:
            yield statement


def _defined_names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _used_names(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
