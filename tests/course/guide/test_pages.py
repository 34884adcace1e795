"""The teacher's pages in the checkout: written when they are stale, and all their links lead somewhere."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import llmcourse
from llmcourse.cli import app
from llmcourse.course import files
from llmcourse.course.files import read_notebook
from llmcourse.course.guide import pages
from llmcourse.course.guide.anchors import headings, page_anchor
from llmcourse.course.guide.notes import with_headings
from llmcourse.errors import CourseError

PAGES = ("docs/guide/instructors.md", "docs/guide/syllabi.md", "docs/guide/glossary.md")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """What the pages should hold."""
    return pages.pages(files.checkout())


def test_no_page_is_stale() -> None:
    assert pages.stale_pages(files.checkout()) == [], "run `llmcourse guide build`"


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Path:
    """A checkout with a README of its own, and no guide yet."""
    (tmp_path / "README.md").write_text((root / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_build_writes_what_is_missing_or_changed_and_nothing_else(copy: Path) -> None:
    assert pages.write_pages(copy) == list(PAGES)
    assert pages.write_pages(copy) == []
    (copy / PAGES[1]).write_text("Not built.", encoding="utf-8")
    assert pages.stale_pages(copy) == [PAGES[1]]
    assert pages.write_pages(copy) == [PAGES[1]]
    assert "Not built." not in (copy / PAGES[1]).read_text(encoding="utf-8")


def test_the_commands_say_what_is_stale_and_mend_it(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "checkout", lambda: copy)
    result = CliRunner().invoke(app, ["guide", "check"])
    assert result.exit_code == 1
    assert "✗ docs/guide/glossary.md is stale: run `llmcourse guide build`" in result.output
    assert "✓ docs/guide/glossary.md" in CliRunner().invoke(app, ["guide", "build"]).output
    assert CliRunner().invoke(app, ["guide", "check"]).exit_code == 0


def test_without_a_checkout_there_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llmcourse, "__file__", str(tmp_path / "llmcourse" / "__init__.py"))
    with pytest.raises(CourseError, match="in a checkout"):
        files.checkout()


def links(page: str) -> list[str]:
    return re.findall(r"(?<!\\)\]\(([^)]+)\)", page)


def test_every_link_leads_to_a_cell_or_heading_that_is_there(written: dict[str, str], root: Path) -> None:
    anchors = {
        (root / name).resolve(): {page_anchor(text) for _, text in headings(page)} for name, page in written.items()
    }
    for path in (root / "notebooks").glob("*.ipynb"):
        anchors[path.resolve()] = {f"cell-id={cell.id}" for cell in read_notebook(path).cells}
    for path in (root / "docs").glob("*/*.md"):  # other pages that lie beside these
        anchors.setdefault(path.resolve(), {page_anchor(text) for _, text in headings(path.read_text("utf-8"))})
    seen = 0
    for name in PAGES:
        for target in links(written[name]):
            file, _, anchor = target.partition("#")
            path = ((root / name).parent / file).resolve() if file else (root / name).resolve()
            assert path in anchors, f"{name} links to {target}"
            assert not anchor or anchor in anchors[path], f"{name} links to {target}"
            seen += 1
    assert seen > 1000


def test_the_website_gets_links_to_headings(written: dict[str, str], root: Path) -> None:
    names = {
        path.name: {page_anchor(text) for cell in read_notebook(path).cells for _, text in headings(cell.source)}
        for path in (root / "notebooks").glob("*.ipynb")
    }
    for name in PAGES:
        page = with_headings(written[name])
        assert "cell-id" not in page
        into_notebooks = [target.rpartition("/")[2].split("#") for target in links(page) if ".ipynb#" in target]
        assert into_notebooks
        assert all(anchor in names[file] for file, anchor in into_notebooks)
    row = "[4 · Why the square root](../../notebooks/04_self_attention.ipynb#4--why-the-square-root)"
    assert row in with_headings(written["docs/guide/instructors.md"])


def test_no_heading_of_a_page_is_there_twice(written: dict[str, str]) -> None:
    for name in PAGES:
        anchors = [page_anchor(text) for _, text in headings(written[name])]
        assert len(set(anchors)) == len(anchors), name


def test_nothing_but_our_own_marks_of_html(written: dict[str, str]) -> None:
    for name in PAGES:
        text = re.sub(r"`[^`]*`|<!--.*?-->", "", written[name])
        assert set(re.findall(r"<(/?\w+)", text)) <= {"details", "/details", "summary", "/summary", "br"}, name


def test_every_command_that_is_named_exists(written: dict[str, str]) -> None:
    group = typer.main.get_command(app)
    for name in PAGES:
        for first in re.findall(r"`llmcourse (\w+)", written[name]):
            assert first in group.commands, f"{name} names `llmcourse {first}`"
