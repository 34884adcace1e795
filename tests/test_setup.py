"""environment.yml, pyproject.toml, the Makefile and README.md say the same things, and they are true."""

import re
import tomllib
from pathlib import Path

import pytest
import typer
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import llmcourse
from llmcourse.cli import app

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
INSTALL = (ROOT / "scripts" / "install.sh").read_text(encoding="utf-8")
PAGES = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING}


@pytest.fixture(scope="module")
def environment() -> list:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def pip_lines(environment: list) -> list[str]:
    (pip,) = [entry["pip"] for entry in environment if isinstance(entry, dict)]
    return pip


def extras_in(text: str) -> set[str]:
    """The extras that a text asks for, as in `-e ".[test,hf]"`."""
    return {extra for group in re.findall(r"-e [\"']?\.\[([\w,]+)\]", text) for extra in group.split(",")}


def test_conda_gets_a_python_that_every_tool_can_read(environment: list) -> None:
    (python,) = [entry for entry in environment if isinstance(entry, str) and entry.startswith("python")]
    version = re.fullmatch(r"python=(3\.\d+)", python)
    assert version, "repo2docker reads `python=3.11` and nothing else"
    assert SpecifierSet(PROJECT["requires-python"]).contains(version[1])
    assert "pip" in environment


def test_conda_installs_what_pyproject_says(environment: list) -> None:
    pins, *packages, course = pip_lines(environment)
    assert pins == "-c constraints.txt"
    assert course.startswith("-e .")
    assert set(packages) <= set(PROJECT["dependencies"])
    named = {Requirement(line).name for line in packages}
    assert named == {"jupyterlab", "torch", "matplotlib", "ipywidgets", "bertviz", "nbval"}


def test_conda_takes_pytorch_from_pip_only() -> None:
    text = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert "pytorch" not in text["channels"]
    assert not [entry for entry in text["dependencies"] if isinstance(entry, str) and "torch" in entry]


def test_every_extra_that_is_asked_for_exists(environment: list) -> None:
    known = set(PROJECT["optional-dependencies"])
    for text in (*PAGES.values(), MAKEFILE, INSTALL, "\n".join(pip_lines(environment))):
        assert extras_in(text) <= known
    installed = set(re.search(r"'\.\[(test[\w,]+)\]'", MAKEFILE)[1].split(","))
    assert installed == {"test", "hf", "classroom", "site"} == extras_in(README)


def test_readme_and_script_ask_for_the_same_python() -> None:
    (oldest,) = re.findall(r">=(3\.\d+)", PROJECT["requires-python"])
    assert f"Python {oldest} or newer" in README
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in INSTALL
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_script_names_the_versions_of_pytorch_that_are_admitted() -> None:
    (torch,) = [Requirement(line) for line in PROJECT["dependencies"] if line.startswith("torch")]
    first, last = re.search(r"PyTorch (2\.\d+) to (2\.\d+)", INSTALL).groups()
    assert torch.specifier.contains(f"{first}.0")
    assert torch.specifier.contains(f"{last}.9")
    after = f"2.{int(last.split('.')[1]) + 1}.0"
    assert not torch.specifier.contains(after)


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_named_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"^make (\w+)|`make (\w+)", PAGES[page], flags=re.MULTILINE))
    named_words = {first or second for first, second in named}
    assert named_words
    assert named_words <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page: str) -> None:
    group = typer.main.get_command(app)
    named = re.findall(r"(?:^|`)llmcourse ([a-z]+)(?: ([a-z]+))?", PAGES[page], flags=re.MULTILINE)
    assert named
    for first, second in named:
        assert first in group.commands, f"{page} names `llmcourse {first}`"
        command = group.commands[first]
        inner = getattr(command, "commands", {None: command})
        alone = not second and getattr(command, "invoke_without_command", False)
        assert alone or second in inner or None in inner, f"{page} names `llmcourse {first} {second}`"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGES[page]):
        assert target.startswith("https://") or (ROOT / target).exists(), f"{page} links to {target}"


def test_the_table_of_notebooks_is_the_folder_of_notebooks() -> None:
    rows = re.findall(r"^\| (\d\d) \| (.+?) \|", README, flags=re.MULTILINE)
    assert [number for number, _ in rows] == [f"{number:02d}" for number in range(26)]
    there = {file.name[:2]: file.name for file in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    for number, title in rows:
        if number in there:
            assert f"(notebooks/{there[number]})" in title
        else:
            assert title.endswith("(planned)"), f"notebook {number} is not there"


def test_the_map_of_the_course_is_the_folder_of_notebooks() -> None:
    from llmcourse.course.syllabus import PARTS

    chapters = [chapter for part in PARTS for chapter in part.chapters]
    there = {file.name[:2] for file in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    assert [chapter.number for chapter in chapters] == [f"{number:02d}" for number in range(26)]
    assert {chapter.number for chapter in chapters if chapter.ready} == there


def test_the_package_says_its_version_and_that_it_is_typed() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", llmcourse.__version__)
    assert (ROOT / "llmcourse" / "py.typed").exists()
    assert PROJECT["license"] == "MIT"
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
