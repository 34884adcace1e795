"""The table of notebooks in the README, between two comments that nobody sees on the page."""

from __future__ import annotations

import re

from llmcourse.course.guide.anchors import link
from llmcourse.course.guide.outline import Entry, outline
from llmcourse.errors import CourseError

BEGIN = "<!-- the table of notebooks: `llmcourse guide build` writes it -->"
END = "<!-- end of the table of notebooks -->"
HEAD = "| | notebook | minutes | you build | you see |\n|---|---|---|---|---|"


def with_table(readme: str) -> str:
    """The README with a table that says what the notebooks say.

    Raises:
        CourseError: it lacks the two comments.
    """
    if not (readme.count(BEGIN) == readme.count(END) == 1 and readme.index(BEGIN) < readme.index(END)):
        raise CourseError(f"README.md should hold its table between {BEGIN!r} and {END!r}, each of them once")
    return re.sub(f"(?s){re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n{table()}\n{END}", readme)


def table() -> str:
    """A row for each chapter of the course."""
    return "\n".join([HEAD, *(_row(entry) for entry in outline().values())])


def _row(entry: Entry) -> str:
    notes = entry.notes
    title = link(entry.title, f"notebooks/{notes.file}") if notes else f"{entry.title} (planned)"
    minutes = str(notes.minutes) if notes else ""
    return f"| {entry.number} | {title} | {minutes} | {entry.builds} | {entry.sees} |"
