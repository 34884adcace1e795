"""A class's exports as one table: a row for each student, a column for each exercise and quiz, and the totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from llmcourse.course.progress_export import Export, read_export
from llmcourse.course.remembered import NotProgress
from llmcourse.course.standing import ChapterStanding, standings
from llmcourse.errors import CourseError
from llmcourse.storage import set_aside
from llmcourse.tables import csv_text, write_csv


@dataclass
class ClassProgress:
    """One export for each student, and a line about each file that is not in the table."""

    exports: dict[Path, Export] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, file: Path) -> None:
        """Read one more file. Of two exports of one student the one in which more is done stays."""
        try:
            export = read_export(file)
        except NotProgress as problem:
            self.left_out.append(f"{file}: {problem}")
            return
        earlier = [place for place, other in self.exports.items() if _same(other.name, export.name)]
        if earlier and self.exports[earlier[0]].amount >= export.amount:
            self.left_out.append(f"{file}: {export.name} has done as much or more in {earlier[0]}")
            return
        for place in earlier:
            self.left_out.append(f"{place}: {export.name} has done more in {file}")
            del self.exports[place]
        self.exports[file] = export

    def table(self) -> list[dict[str, str | int]]:
        """The rows, in the order of the names."""
        ordered = sorted(self.exports.items(), key=lambda entry: entry[1].name.casefold())
        return [_row(export, file) for file, export in ordered]

    def solved(self) -> list[tuple[ChapterStanding, list[int]]]:
        """Each chapter, with the number of students who have solved each of its exercises."""
        everyone = [standings(export.remembered) for export in self.exports.values()]
        return [
            (
                of_all[0],
                [sum(tasks) for tasks in zip(*([t.solved for t in one.exercises] for one in of_all), strict=True)],
            )
            for of_all in zip(*everyone, strict=True)
        ]

    def write(self, out: Path) -> Path | None:
        """Write the table as CSV. A file that is there may hold a teacher's notes: it is set aside, and returned."""
        rows = self.table()
        before = set_aside(out, "old") if out.exists() else None
        write_csv(out, csv_text(list(rows[0]), (row.values() for row in rows)))
        return before


def merge(places: Iterable[Path]) -> ClassProgress:
    """The exports in these files and folders, and in the folders within.

    Raises:
        CourseError: a place does not exist, or there is no export in any of them.
    """
    merged, places = ClassProgress(), list(places)
    for place in places:
        if not place.exists():
            raise CourseError(f"{place} does not exist: name the folder with your students' exports, or the files")
        for file in sorted(place.rglob("*.json")) if place.is_dir() else [place]:
            merged.add(file)
    if not merged.exports:
        why = f"; the first of {len(merged.left_out)} files: {merged.left_out[0]}" if merged.left_out else ""
        raise CourseError(f"there is no export of a student's progress in {', '.join(map(str, places))}{why}")
    return merged


def _row(export: Export, file: Path) -> dict[str, str | int]:
    chapters = standings(export.remembered)
    exercises = [exercise for chapter in chapters for exercise in chapter.exercises]
    row: dict[str, str | int] = {
        "name": export.name,
        "file": file.name,
        "chapters opened": sum(chapter.begun for chapter in chapters),
        "exercises solved": sum(exercise.solved for exercise in exercises),
        "exercises tried": sum(exercise.sign == "✗" for exercise in exercises),
        "attempts": sum(exercise.attempts for exercise in exercises),
        "hints": sum(exercise.hints for exercise in exercises),
        "questions answered": sum(chapter.answered for chapter in chapters),
        "questions right": sum(chapter.right for chapter in chapters),
    }
    for chapter in chapters:
        for exercise in chapter.exercises:
            row[f"{chapter.number}.{exercise.key}"] = exercise.word
        if chapter.questions:  # "3 of 4": a spreadsheet would read "3/4" as a day in April
            row[f"{chapter.number} quiz"] = f"{chapter.right} of {chapter.questions}" if chapter.answered else "open"
    return row


def _same(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()
