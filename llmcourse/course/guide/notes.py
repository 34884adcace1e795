"""What a notebook says about itself: its metadata, its sections, its exercises, and which terms stand where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from llmcourse.course.chapters import content, numbers
from llmcourse.course.exercise import Exercise
from llmcourse.course.files import notebook_paths, read_notebook
from llmcourse.course.guide.anchors import headings, link, page_anchor, plain
from llmcourse.course.solve import check_key, exercise_key
from llmcourse.errors import CourseError

BEFORE_ALL = "Opening"  # what stands above the first heading of the second level


@dataclass
class Section:
    """One section of a notebook: how much of it is taught, and which exercises stand in it."""

    title: str
    cells: int = 0  # without those of the exercises
    minutes: int = 0  # its share of the teaching minutes
    exercises: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The number in front of the title, or nothing: "4" of "4 · Why the square root"."""
        found = re.match(r"(\d+)(?: ·|\.)", self.title)
        return found[1] if found else ""


class Place(NamedTuple):
    """A text cell, or a piece of one below a heading of its own."""

    heading: str  # above it
    text: str
    cell: str  # the id of its cell


@dataclass(frozen=True)
class Notes:
    """What a teacher has to know about one notebook."""

    number: str
    title: str
    file: str
    minutes: int
    teaching_minutes: int
    objectives: list[str]
    requires: list[str]
    mistakes: list[str]
    discuss: list[str]
    skip: list[str]
    sections: list[Section]
    headings: dict[str, str]  # of each exercise: the heading that it stands under
    places: list[Place]
    exercises: dict[str, Exercise]
    questions: int  # of its quiz

    @property
    def needs(self) -> list[str]:
        """The numbers of the chapters that it requires."""
        return sorted({number for line in self.requires for number in re.findall(r"\b\d\d\b", line)})

    @property
    def exercise_minutes(self) -> int:
        return sum(exercise.minutes for exercise in self.exercises.values())

    def address(self, cell: str = "") -> str:
        """Where it lies, or one of its cells, as seen from `docs/guide`."""
        return f"../../notebooks/{self.file}" + (f"#cell-id={cell}" if cell else "")

    def link_to(self, heading: str, words: str = "") -> str:
        """A link to a heading of it, or just the words if it has none such."""
        cells = [place.cell for place in self.places if plain(place.heading) == plain(heading)]
        return link(words or plain(heading), self.address(cells[0])) if cells else words or plain(heading)

    def link(self) -> str:
        """A link with its number and title."""
        return link(f"{self.number} {self.title}", self.address())

    def section(self, name: str) -> Section:
        """The section with this number, or whose title begins with `name`.

        Raises:
            CourseError: there is none, or more than one.
        """
        exact = [section for section in self.sections if name in (section.number, section.title)]
        found = exact or [section for section in self.sections if section.title.startswith(name)]
        if len(found) != 1:
            titles = "; ".join(section.title for section in self.sections)
            raise CourseError(f"chapter {self.number} has not one section {name!r}; its sections are: {titles}")
        return found[0]


def all_notes() -> dict[str, Notes]:
    """The notes of every notebook that is written, by number, in course order."""
    return {path.name[:2]: read_notes(path) for path in notebook_paths()}


@cache
def read_notes(path: Path) -> Notes:
    """What the notebook at `path` says about itself.

    Raises:
        CourseError: its metadata lacks something; `llmcourse notebooks check` lists what.
    """
    notebook = read_notebook(path)
    described = notebook.metadata.get("llmcourse", {})
    try:
        teacher, number = described["teacher"], described["number"]
        chapter = content(number) if number in numbers() else None
        exercises = {exercise.key: exercise for exercise in chapter.EXERCISES} if chapter else {}
        order = [key for cell in notebook.cells if (key := exercise_key(cell))]
        return Notes(
            number=number,
            title=described["title"],
            file=path.name,
            minutes=described["minutes"],
            teaching_minutes=teacher["teaching_minutes"],
            objectives=list(described["objectives"]),
            requires=list(described["requires"]),
            mistakes=list(teacher["mistakes"]),
            discuss=list(teacher["discuss"]),
            skip=[teacher["skip"]] if isinstance(teacher["skip"], str) else list(teacher["skip"]),
            sections=_sections(notebook, teacher["teaching_minutes"]),
            headings=_exercise_headings(notebook),
            places=_places(notebook),
            exercises={key: exercises[key] for key in order if key in exercises},
            questions=len(chapter.QUIZ) if chapter else 0,
        )
    except KeyError as missing:
        raise CourseError(f"{path.name}: its metadata lacks {missing}; see `llmcourse notebooks check`") from None


def _sections(notebook: NotebookNode, teaching_minutes: int) -> list[Section]:
    """The sections in order. Nobody has timed each one: it gets the share of the minutes that it has of the cells."""
    sections = [Section(BEFORE_ALL)]
    for cell in notebook.cells:
        own = headings(cell.source) if cell.cell_type == "markdown" else []
        sections += [Section(plain(title)) for level, title in own if level == 2]
        if key := exercise_key(cell):
            sections[-1].exercises.append(key)
        elif not check_key(cell):
            sections[-1].cells += 1
    done, given, total = 0, 0, sum(section.cells for section in sections)
    for section in sections:  # rounded so that they sum to the whole
        done += section.cells
        section.minutes = round(teaching_minutes * done / total) - given
        given += section.minutes
    return sections


def _places(notebook: NotebookNode) -> list[Place]:
    """Every text cell, cut at its headings."""
    places, heading = [], ""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        lines: list[str] = []
        known = headings(cell.source)
        for line in cell.source.splitlines():
            if (found := headings(line)) and found[0] in known:
                places.append(Place(heading, "\n".join(lines), cell.id))
                heading, lines = found[0][1], []
            lines.append(line)
        places.append(Place(heading, "\n".join(lines), cell.id))
    return [place for place in places if place.text.strip()]


def _exercise_headings(notebook: NotebookNode) -> dict[str, str]:
    found, heading = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (own := headings(cell.source)):
            heading = own[-1][1]
        if key := exercise_key(cell):
            found[key] = heading
    return found


def with_headings(page: str) -> str:
    """The page with its links to cells as links to the headings above them, which is what the website has names for."""
    notes = {each.file: each for each in all_notes().values()}

    def at_heading(found: re.Match[str]) -> str:
        places = [place for place in notes[found[1]].places if place.cell == found[2]]
        own = [place for place in places if headings(place.text)] or places
        return f"{found[1]}#{page_anchor(own[0].heading)}"

    return re.sub(r"(\d\d_\w+\.ipynb)#cell-id=([\w-]+)", at_heading, page)
