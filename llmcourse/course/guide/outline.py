"""The whole course as a list: what is written, what is planned, and what each chapter builds and shows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from llmcourse.course.guide.notes import Notes, all_notes
from llmcourse.course.syllabus import PARTS

TEXT = Path(__file__).with_name("text")


class Entry(NamedTuple):
    """One chapter of the course, with its notes if it is written."""

    number: str
    title: str
    builds: str
    sees: str
    notes: Notes | None

    def link(self) -> str:
        """A link with its number and title, or only these where there is nothing to link to."""
        return self.notes.link() if self.notes else f"{self.number} {self.title} (planned)"


def outline() -> dict[str, Entry]:
    """Every chapter by its number, in course order."""
    described, notes = read_toml("course.toml"), all_notes()
    return {
        chapter.number: _entry(chapter.number, described[chapter.number], notes.get(chapter.number))
        for part in PARTS
        for chapter in part.chapters
    }


def _entry(number: str, described: dict[str, str], notes: Notes | None) -> Entry:
    title = notes.title if notes else described["planned"]
    return Entry(number, title, described["builds"], described["sees"], notes)


def read_text(name: str) -> str:
    """A text that a person wrote for the guide."""
    return (TEXT / name).read_text(encoding="utf-8")


def read_toml(name: str) -> dict[str, Any]:
    """A table that a person wrote for the guide."""
    return tomllib.loads(read_text(name))


def fill(template: str, **values: str) -> str:
    """The template with each `{{name}}` replaced by its value."""
    for name, value in values.items():
        template = template.replace(f"{{{{{name}}}}}", value)
    return template
