"""The pages of the guide in the checkout: write them, and find those that no longer say what the notebooks say."""

from __future__ import annotations

from pathlib import Path

from llmcourse.course.guide.glossary import glossary_page
from llmcourse.course.guide.instructors import instructors_page
from llmcourse.course.guide.readme import with_table
from llmcourse.course.guide.syllabi_page import syllabi_page
from llmcourse.storage import write_atomically

WRITTEN = "<!-- Written by `llmcourse guide build`, from the notebooks and llmcourse/course/guide/text: edit those. -->"


def pages(folder: Path) -> dict[str, str]:
    """What each page should hold, by its path in the checkout."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    written = {"instructors": instructors_page(), "syllabi": syllabi_page(), "glossary": glossary_page()}
    return {
        "README.md": with_table(readme),
        **{f"docs/guide/{name}.md": f"{WRITTEN}\n\n{text.rstrip()}\n" for name, text in written.items()},
    }


def write_pages(folder: Path) -> list[str]:
    """Write every page that is not as it should be, and return their paths."""
    stale = _stale(folder)
    for name, text in stale.items():
        write_atomically(folder / name, text.encode("utf-8"))
    return list(stale)


def stale_pages(folder: Path) -> list[str]:
    """The pages that are missing, or not what a build would write now."""
    return list(_stale(folder))


def _stale(folder: Path) -> dict[str, str]:
    return {name: text for name, text in pages(folder).items() if _read(folder / name) != text}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
