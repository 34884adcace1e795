"""The layout that the design promises: one-way dependencies, no cycles, small files, quick imports, nothing stray."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "llmcourse"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# A folder may use those with a lower number, and others with its own unless FORBIDDEN says otherwise.
LEVELS = {"corpus": 1, "model": 1, "training": 2, "inference": 2, "analysis": 3, "viz": 4, "course": 5}
LEVELS |= {"classroom": 6, "site": 6, "cli": 7}
TOP = {"doctor": 7, "__main__": 8}  # single files of the package; all others are at the bottom
FORBIDDEN = {("corpus", "model"), ("inference", "training")}
MOST_LINES = 300
HEAVY = {"torch", "matplotlib", "numpy", "jupyterlab", "IPython", "nbformat", "transformers"}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in SOURCES}


def imports(file: Path, later: bool) -> Iterator[str]:
    """The modules that a file imports; with `later`, also inside functions and for type checkers only."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree)) if later else list(at_import(tree.body))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            for alias in node.names:
                inner = f"{package}.{alias.name}"
                yield inner if inner in MODULES else package


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when the module is imported."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            yield from at_import(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef | ast.For):
            yield from at_import([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)])
        else:
            yield node


def part(module: str) -> str:
    """The folder or file right below `llmcourse`; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def level(module: str) -> int:
    return LEVELS.get(part(module), TOP.get(part(module), 0))


def test_every_folder_has_a_level() -> None:
    folders = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert folders <= set(LEVELS)


@pytest.mark.parametrize("module", MODULES)
def test_dependencies_run_one_way(module: str) -> None:
    wrong = [
        used
        for used in imports(MODULES[module], later=True)
        if used in MODULES and (level(used) > level(module) or (part(module), part(used)) in FORBIDDEN)
    ]
    assert not wrong, f"{module} may not use {', '.join(wrong)}"


def test_no_circular_imports() -> None:
    graph = {module: set(imports(file, later=False)) & set(MODULES) for module, file in MODULES.items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"circular import: {' -> '.join(error.args[1])}")


def test_imports_are_absolute() -> None:
    relative = [f"{name}: {used}" for name, file in MODULES.items() for used in imports(file, True) if used[0] == "."]
    assert not relative


def test_what_is_imported_is_declared() -> None:
    """Each package that the course imports stands in pyproject.toml, and is not there by another's grace."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = project["dependencies"] + extras["hf"] + extras["classroom"] + extras["site"]
    declared = {re.split(r"[<>=!~\[; ]", line)[0].lower().replace("_", "-") for line in lines}
    providers = metadata.packages_distributions()
    for module, file in MODULES.items():
        packages = {name.split(".")[0] for name in imports(file, later=True)}
        for used in packages - sys.stdlib_module_names - {"llmcourse"}:
            names = {name.lower().replace("_", "-") for name in providers.get(used, [used])}
            assert names & declared, f"{module} imports {used} ({', '.join(names)}), which pyproject.toml does not name"


@pytest.mark.parametrize("file", SOURCES, ids=module_name)
def test_a_file_is_short_and_says_what_it_is(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES, "one concept per file: 50 to 200 lines"
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "the first line says what the file is about"


@pytest.mark.parametrize("module", ["llmcourse", "llmcourse.cli"])
def test_import_is_light(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not HEAVY & set(json.loads(output))


def test_no_module_reads_pickles() -> None:
    """A pickle can run anything when it is read: `torch.load` and its kin have no place in a course."""
    pattern = re.compile(r"\b(torch\.(load|save)|pickle|joblib|shelve)\b(?!`)")
    for module, file in MODULES.items():
        code = ast.unparse(without_docstrings(ast.parse(file.read_text(encoding="utf-8"))))
        assert not pattern.search(code), f"{module} uses {pattern.search(code)}"


def without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def our_texts() -> list[Path]:
    """Every text file of the course, wherever it lies in the checkout."""
    kinds = {".py", ".md", ".ipynb", ".toml", ".yml", ".yaml", ".sh", ".js", ".css", ".html", ".txt", ".cfg", ".json"}
    folders = ("llmcourse", "notebooks", "tests", "scripts", "tools", "data", "docs", ".ci", ".devcontainer", ".github")
    inside = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    top = [file for file in ROOT.iterdir() if file.is_file() and file.name != ".git"]
    return [file for file in (*inside, *top) if file.suffix in kinds or file.name in ("Makefile", "LICENSE", "run")]


def test_no_registry_and_no_folder_of_one_machine() -> None:
    """No file sends a reader to a package registry's host, or names the folder in which somebody wrote it."""
    hosts = ["pypi" + ".org", "python" + "hosted", "npm" + "js.", "debian" + ".org", "unpkg" + ".com"]
    here = [f"{folder}/" for folder in (ROOT, Path.home()) if len(folder.parts) > 2 or folder == Path.home()]
    for file in our_texts():
        text = file.read_text(encoding="utf-8")
        for stray in (*hosts, *here):
            assert stray not in text, f"{file.relative_to(ROOT)} names {stray}"
