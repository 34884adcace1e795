"""Which names a piece of a notebook's code defines and which it uses, found by reading it, without running it."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable

BUILTINS = frozenset(dir(builtins))


def parse(source: str) -> ast.Module | None:
    """The code of a cell as a tree; None where it is no Python. Magics (`%time`) are turned into what IPython runs."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # all of them come from strange enough text
        return None


def syntax_problem(source: str) -> str:
    """Why a cell is no Python: "line 3: invalid syntax"; "" when it is."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def defined_by(statement: ast.stmt) -> set[str]:
    """The names that a statement on the top level of a cell gives a value to."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def used_by(code: Iterable[ast.stmt | ast.Module]) -> set[str]:
    """The names that these pieces of code, and the functions within them, look for outside of themselves."""
    try:
        table = symtable.symtable("\n".join(map(ast.unparse, code)), "a cell", "exec")
    except (SyntaxError, ValueError, RecursionError):  # such as a `return` outside of a function
        return set()
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    inner = table.get_children()
    while inner:
        scope = inner.pop()
        names |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_referenced() and symbol.is_global()}
        inner += scope.get_children()
    return names


def defined_in(source: str) -> set[str]:
    """The names that a cell defines; none where it is no Python."""
    tree = parse(source)
    return set().union(*map(defined_by, tree.body)) if tree else set()


def needed_for(name: str, statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements on which `name` depends, directly or not, in their order. The last definition counts."""
    needed: set[int] = set()
    waiting, seen = {name}, set()
    while waiting:
        seen.add(current := waiting.pop())
        for place in reversed(range(len(statements))):
            if current in defined_by(statements[place]):
                needed.add(place)
                waiting |= used_by([statements[place]]) - seen
                if isinstance(statements[place], ast.FunctionDef | ast.ClassDef | ast.Assign):
                    break
    return [statement for place, statement in enumerate(statements) if place in needed]
