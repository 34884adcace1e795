"""Three ways to teach the course, as data: which part of which chapter is taught in which block of 90 minutes.

`text/syllabi.toml` names chapters, sections and exercises; every minute is added up here from the notebooks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from llmcourse.course.exercise import Exercise
from llmcourse.course.guide.notes import BEFORE_ALL, Notes, Section
from llmcourse.course.guide.outline import Entry, outline, read_toml
from llmcourse.errors import CourseError

READING = 20  # minutes at home for each chapter: its quiz, and to read once more what was taught


@dataclass(frozen=True)
class Part:
    """A chapter, or some of its sections, in a block."""

    entry: Entry
    names: tuple[str, ...]  # of the sections; none for the whole chapter

    @property
    def notes(self) -> Notes | None:
        return self.entry.notes

    @cached_property
    def sections(self) -> list[Section]:
        """What is taught of it: the named sections, or all of them."""
        if self.notes is None:
            return []
        return [self.notes.section(name) for name in self.names] or self.notes.sections

    @property
    def minutes(self) -> int:
        return sum(section.minutes for section in self.sections)

    @property
    def exercises(self) -> dict[str, Exercise]:
        """The exercises in these sections, by "04.softmax"."""
        keys = [key for section in self.sections for key in section.exercises]
        known = self.notes.exercises if self.notes else {}
        return {f"{self.entry.number}.{key}": known[key] for key in keys if key in known}


@dataclass(frozen=True)
class Block:
    """At most 90 minutes that a class spends together, and what is left for home."""

    when: str
    parts: list[Part]
    in_class: list[str]  # "04.softmax"
    home: list[str]  # exercises that are given for home
    by_choice: list[str]  # exercises that nobody has to do
    activity: str = ""
    activity_minutes: int = 0
    reading: int = READING  # for each chapter

    @property
    def offered(self) -> dict[str, Exercise]:
        """Every exercise in what is taught."""
        return {name: exercise for part in self.parts for name, exercise in part.exercises.items()}

    @property
    def teaching(self) -> int:
        return sum(part.minutes for part in self.parts)

    @property
    def exercises(self) -> int:
        """Minutes of exercises in class."""
        return self._sum(self.in_class)

    @property
    def minutes(self) -> int:
        return self.teaching + self.exercises + self.activity_minutes

    @property
    def home_minutes(self) -> int:
        return self._sum(self.home) + self.reading * sum(bool(part.notes) for part in self.parts)

    def _sum(self, names: list[str]) -> int:
        offered = self.offered
        return sum(offered[name].minutes for name in names if name in offered)


@dataclass(frozen=True)
class Unit:
    """A week or a day: its blocks, and what it is about."""

    title: str
    blocks: list[Block]
    project_minutes: int = 0

    @property
    def home_minutes(self) -> int:
        return sum(block.home_minutes for block in self.blocks) + self.project_minutes


@dataclass(frozen=True)
class Syllabus:
    """One way to teach the course."""

    title: str
    time: str
    for_whom: str
    at_the_end: list[str]
    left_out: str
    milestones: list[str]
    block_minutes: int
    blocks_a_unit: int
    unit: str
    home_hours: float  # a unit, at most
    not_taught: list[str]  # the chapters that are left out
    units: list[Unit] = field(default_factory=list)

    @property
    def blocks(self) -> list[Block]:
        return [block for unit in self.units for block in unit.blocks]

    def order_problems(self) -> list[str]:
        """Every chapter that is taught before one that it requires."""
        taught: list[str] = []
        problems = []
        for block in self.blocks:
            for part in block.parts:
                taught.append(part.entry.number)
                needs = part.notes.needs if part.notes else []
                problems += [f"{block.when}: {taught[-1]} before {need}" for need in needs if need not in taught]
        return problems


def syllabi() -> list[Syllabus]:
    """The three syllabi, with every chapter and section looked up.

    Raises:
        CourseError: one names a section or an exercise that is not there.
    """
    entries = outline()
    return [_syllabus(described, entries) for described in read_toml("syllabi.toml")["syllabus"]]


def _syllabus(described: dict[str, Any], entries: dict[str, Entry]) -> Syllabus:
    rest, reading = described["rest"], READING if described["home_hours"] else 0
    units = [
        Unit(
            unit["title"],
            [_block(block, rest, reading, entries) for block in unit["block"]],
            unit.get("project_minutes", 0),
        )
        for unit in described["week"]
    ]
    plain = {name: described[name] for name in Syllabus.__dataclass_fields__ if name in described}
    return Syllabus(**{**plain, "units": units})


def _block(described: dict[str, Any], rest: str, reading: int, entries: dict[str, Entry]) -> Block:
    parts = [_part(words, entries) for words in described.get("take", [])]
    in_class, by_choice = described.get("in_class", []), list(described.get("by_choice", []))
    there = {part.entry.number for part in parts if part.notes}
    offered = [name for part in parts for name in part.exercises]
    for name in [*in_class, *by_choice]:
        if name.split(".")[0] in there and name not in offered:
            raise CourseError(f"{described['when']}: {name!r} is no exercise of what is taught: {', '.join(offered)}")
    left = [name for name in offered if name not in in_class and name not in by_choice]
    home = left if rest == "home" else []
    return Block(
        when=described["when"],
        parts=parts,
        in_class=in_class,
        home=home,
        by_choice=[*by_choice, *(name for name in left if name not in home)],
        activity=described.get("activity", ""),
        activity_minutes=described.get("activity_minutes", 0),
        reading=reading,
    )


def _part(words: str, entries: dict[str, Entry]) -> Part:
    """A part from its words: "04", or "04: 1; 2; What a weight"."""
    number, _, sections = words.partition(":")
    if number not in entries:
        raise CourseError(f"the course has no chapter {number!r}")
    names = tuple(name.strip() for name in sections.split(";") if name.strip())
    return Part(entries[number], tuple(BEFORE_ALL if name == "0" else name for name in names))
