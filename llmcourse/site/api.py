"""The reference: a page for each folder of the package, and one for each of its files, from their docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

#: The folders that a reader of the notebooks uses, in the order of the course.
FOLDERS = ("corpus", "model", "training", "inference", "analysis", "viz", "course")
LEFT_OUT = "llmcourse.course.content"  # the exercises: what one learns by looking them up is not what they are for


def api_pages(root: Path) -> dict[str, str]:
    """The text of every page of the reference, by its path."""
    pages = {"api/index.rst": _index(root)}
    for folder in FOLDERS:
        modules = list(_modules(root, folder))
        pages[f"api/llmcourse.{folder}.rst"] = _folder_page(root, folder, modules)
        pages.update({f"api/{module}.rst": _module_page(root, module) for module in modules})
    return pages


def _modules(root: Path, folder: str) -> Iterator[str]:
    for file in sorted((root / "llmcourse" / folder).rglob("*.py")):
        module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        if module != f"llmcourse.{folder}" and not module.startswith(LEFT_OUT):
            yield module


def _index(root: Path) -> str:
    lines = [_title("The package"), "", _INDEX]
    for folder in FOLDERS:
        about = _first_line(root, f"llmcourse.{folder}")
        lines += [f":doc:`llmcourse.{folder} <llmcourse.{folder}>`", f"    {about}", ""]
    return "\n".join([*lines, _toctree(f"llmcourse.{folder}" for folder in FOLDERS)])


def _folder_page(root: Path, folder: str, modules: list[str]) -> str:
    name = f"llmcourse.{folder}"
    lines = [_title(name), f".. automodule:: {name}", "   :no-members:", ""]
    for module in modules:
        lines += [f":doc:`{module.removeprefix(name + '.')} <{module}>`", f"    {_first_line(root, module)}", ""]
    return "\n".join([*lines, _toctree(modules, name)])


def _module_page(root: Path, module: str) -> str:
    # A folder's own file only hands on what the files in it define: their pages say it, once.
    members = "   :no-members:" if _file(root, module).name == "__init__.py" else "   :members:"
    return "\n".join([_title(module), f".. automodule:: {module}", members, "   :member-order: bysource", ""])


def _title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"


def _toctree(names: Iterator[str] | list[str], prefix: str = "llmcourse") -> str:
    entries = "\n".join(f"   {name.removeprefix(prefix + '.')} <{name}>" for name in names)
    return f".. toctree::\n   :hidden:\n\n{entries}\n"


def _first_line(root: Path, module: str) -> str:
    """The first sentence of a module's docstring."""
    about = ast.get_docstring(ast.parse(_file(root, module).read_text(encoding="utf-8"))) or ""
    return " ".join(about.split("\n\n")[0].split())


def _file(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


_INDEX = """What the notebooks use and what their exercises ask for, read from the files' own docstrings. The folders
are the syllabus: each uses only those before it.

A shape stands where a type does. ``Float[Tensor, "batch position d_model"]`` is a tensor of floats with these three
axes; an axis has the same name everywhere. ``*batch`` stands for any number of axes, ``#key`` for an axis that may also
be 1, and ``...`` for axes that nobody names.

"""
