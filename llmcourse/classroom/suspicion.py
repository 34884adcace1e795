"""What a teacher should look at in an answer, found by reading its code without running it.

Two things cost the points of the exercise, because they leave no doubt: an answer that is the course's own answer under
another roof, and one that changes the course's code. All else is only pointed out. Whoever wants to hide something from
a reader of code can; what an answer *does* is watched when it runs (`apart.py`).
"""

from __future__ import annotations

import ast
import importlib
import re
from typing import Any

from llmcourse.classroom.names import defined_by, needed_for, parse
from llmcourse.course.chapters import find_exercise
from llmcourse.errors import CourseError

OTHER_PROGRAMS = {"subprocess", "multiprocessing", "pty"}
NETWORK = {"socket", "requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "ftplib", "smtplib"}
HIDDEN_DOORS = {"exec", "eval", "compile", "__import__", "importlib", "ctypes", "gc", "inspect"}
HIDDEN_DOORS |= {"__globals__", "__code__", "__subclasses__", "__closure__", "_getframe", "f_back"}
CHECKERS = {"exercise", "exercises", "q", "tasks"}  # what the notebooks call the exercises on the desk

_OUTSIDE = re.compile(r"(\.\.[/\\]|~[/\\]|/(home|root|Users|etc|proc|tmp|var|srv|mnt|opt|usr)\b|[A-Za-z]:[/\\])")


def suspicions(source: str, number: str, key: str, name: str, before: set[str]) -> list[tuple[str, bool]]:
    """What is odd about an answer: (what, does it cost the points?).

    Args:
        source: the learner's code.
        number: of the notebook; `key`: of the exercise.
        name: what the answer has to define.
        before: the names that the notebook defines above it.
    """
    tree = parse(source)
    if tree is None:
        return []
    found = [*_answer_key(tree, number, key, name), *_changes(tree, _names_of_the_course(tree), CHECKERS & before)]
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {node.attr for node in _attributes(tree)}
    modules = {module.partition(".")[0] for module in _imported_modules(tree)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if paths := [text for text in texts if _OUTSIDE.match(text)]:
        found.append((f"it names a file outside its folder: {paths[0][:80]!r}", False))
    if programs := sorted((modules & OTHER_PROGRAMS) | (words & {"system", "popen", "Popen", "fork"})):
        found.append((f"it starts other programs ({', '.join(programs)})", False))
    if network := sorted(modules & NETWORK):
        found.append((f"it reaches for the network ({', '.join(network)})", False))
    if doors := sorted((words | modules) & HIDDEN_DOORS):
        found.append((f"it uses {', '.join(doors)}, with which code hides what it does: read it", False))
    if taken := sorted(CHECKERS & before & set().union(*map(defined_by, tree.body))):
        found.append((f"it gives another meaning to `{taken[0]}`, which the checks use", False))
    return found


def _answer_key(tree: ast.Module, number: str, key: str, name: str) -> list[tuple[str, bool]]:
    """Does the answer lead to the course's own answer, or is that only imported, say to compare with?"""
    try:
        exercise = find_exercise(number, key)
    except CourseError:
        return []
    if exercise.solution_code:  # an open task, whose answer is made with the course's parts
        return []
    needed = needed_for(name, tree.body)
    by_the_desk = any(ast.unparse(node).endswith(".exercise.answer") for part in needed for node in _attributes(part))
    if by_the_desk or any(value is exercise.answer for value in _meant(needed, tree)):
        return [(f"its answer is the course's own (`{exercise.answer.__module__}`), not written by the learner", True)]
    found = []
    if any(value is exercise.answer for value in _meant(tree.body, tree)):
        found.append(("it imports the course's own answer, but its answer does not use it", False))
    if {node.attr for node in _attributes(tree)} & {
        "answer",
        "solution_code",
        "_solution",
    } or "llmcourse.course" in " ".join(_imported_modules(tree)):
        found.append(("it reaches into the course's exercises (llmcourse.course)", False))
    return found


def _changes(tree: ast.Module, ours: set[str], checkers: set[str]) -> list[tuple[str, bool]]:
    """Does it give a new value to a part of the course, or of a library?"""
    nodes = list(ast.walk(tree))
    modules = set().union(*(defined_by(node) for node in nodes if isinstance(node, ast.Import)))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)} | set().union(*map(defined_by, tree.body))
    for target in filter(None, map(_target, nodes)):
        root, text = _root(target), ast.unparse(target)[:60]
        if root in ours or root in checkers - own:
            return [(f"it changes the course's own code (`{text}`)", True)]
        if root in modules and (isinstance(target, ast.Attribute) or root in ("os", "sys")):
            return [(f"it changes a library, or what the course runs in (`{text}`)", False)]
    return []


def _target(node: ast.AST) -> ast.expr | None:
    """What is changed inside of something else: `a.b` in `a.b = c`, `del a.b` and `setattr(a, "b", c)`."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return node
    is_setattr = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")
    )
    return node.args[0] if is_setattr and node.args else None  # type: ignore[attr-defined]


def _root(node: ast.expr) -> str:
    """`a` of `a.b[c].d`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names_of_the_course(tree: ast.Module) -> set[str]:
    """The names under which a cell imports the course or something of it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(a.asname or "llmcourse") for a in node.names if a.name.partition(".")[0] == "llmcourse"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "llmcourse":
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def _imported_modules(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def _attributes(tree: ast.AST) -> list[ast.Attribute]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


def _meant(nodes: list[ast.stmt], tree: ast.Module) -> list[Any]:
    """What of the course the expressions in these statements stand for."""
    bound: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                bound[alias.asname or whole] = _module(whole)
                _module(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                inner = getattr(_module(node.module or ""), alias.name, None)
                bound[alias.asname or alias.name] = inner or _module(f"{node.module}.{alias.name}")
    found: list[Any] = []
    for node in (inner for statement in nodes for inner in ast.walk(statement)):
        if isinstance(node, ast.Name | ast.Attribute):
            found.append(_value(node, bound))
        elif isinstance(node, ast.ImportFrom):
            found += [bound.get(alias.asname or alias.name) for alias in node.names]
    return found


def _value(node: ast.expr, bound: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return bound.get(node.id)
    return getattr(_value(node.value, bound), node.attr, None) if isinstance(node, ast.Attribute) else None


def _module(name: str) -> Any:
    """A module of the course, imported to see what is in it; others are none of our business."""
    if name.partition(".")[0] != "llmcourse":
        return None
    try:
        return importlib.import_module(name)
    except Exception:  # a name that is not there
        return None
