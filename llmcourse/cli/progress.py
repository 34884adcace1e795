"""`llmcourse progress` shows what is done; its two commands hand it in and put a class's into one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from llmcourse.course.standing import ChapterStanding

SIGNS = "chapter: ○ open  … begun  ✓ done     each exercise: ○ open  ✗ tried  ✓ solved"
STYLES = {"✓": "green", "✗": "yellow", "…": "yellow", "○": "dim"}  # the signs say the same without them

app = typer.Typer(
    help="What you have done so far; hand it in, or put a class's into one table.", invoke_without_command=True
)


@app.callback()
def show(
    context: typer.Context,
    chapter: Annotated[
        str | None, typer.Option("--chapter", "-c", metavar="NUMBER", help="One chapter, exercise by exercise.")
    ] = None,
) -> None:
    """Show what you have done so far: chapters, exercises, quizzes. Nothing leaves this machine.

    **Examples**

    - `llmcourse progress`
    - `llmcourse progress --chapter 04`
    - `llmcourse progress export --name "Ada"`
    - `llmcourse progress merge exports/ --out table.csv`
    """
    if context.invoked_subcommand:
        return
    from llmcourse.course.progress import progress
    from llmcourse.course.record import progress_file

    console, done = _console(), progress()
    if chapter is not None:
        console.print(_detail(_find(done.chapters, chapter)))
        return
    console.print(_map(done.chapters))
    console.print(f"\n{SIGNS}")
    console.print(done.summary)
    console.print(f"kept in {progress_file()}", soft_wrap=True)


@app.command("export")
def export_file(
    name: Annotated[str, typer.Option("--name", "-n", help="The name by which your teacher knows you.")],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where to; progress-NAME.json here if left out.", show_default=False),
    ] = None,
) -> None:
    """Write your progress to a file that you can hand in, and say what is in it.

    It holds no code, no text and no times, and it is sent nowhere.

    **Examples**

    - `llmcourse progress export --name "Ada Lovelace"`
    - `llmcourse progress export ada.json --name "Ada Lovelace"`
    """
    from llmcourse.course.progress_export import export, read_export
    from llmcourse.course.record import load

    written = export(name, load(), file)
    typer.echo(f"wrote {written}, which holds")
    for line in read_export(written).contents:
        typer.echo(f"  - {line}")
    typer.echo("It holds no code, no text and no times, and it was sent nowhere: hand it in yourself.")


@app.command("merge")
def merge_files(
    places: Annotated[list[Path], typer.Argument(metavar="PLACE...", help="Folders, or single files, of exports.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the table goes, as CSV.")],
) -> None:
    """Put your students' exports into one table: a row for each student, a column for each exercise and quiz.

    A file that is no export is named with the reason, and the others go on. Of two exports of one student the one in
    which more is done counts.

    **Example**

    - `llmcourse progress merge exports/ --out table.csv`
    """
    from llmcourse.course.progress_merge import merge

    merged = merge(places)
    before = merged.write(out)
    console = _console()
    console.print(_class_table(merged.solved(), len(merged.exports)))
    for line in merged.left_out:
        console.print(f"✗ left out: {line}", soft_wrap=True)
    if before:
        console.print(f"the table that was there is now {before}", soft_wrap=True)
    students = len(merged.exports)
    console.print(f"wrote {out}: {students} student{'s' if students != 1 else ''}", soft_wrap=True)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False)


def _map(chapters: list[ChapterStanding]) -> Table:
    """The course as a table that fits into 80 columns: its parts, and a row for each chapter."""
    from rich.table import Table
    from rich.text import Text

    from llmcourse.course.syllabus import PARTS

    found = {chapter.number: chapter for chapter in chapters}
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, width in (("", 1), ("", 2), ("chapter", 21), ("exercises", 11), ("solved", 7), ("quiz", 22)):
        table.add_column(heading, width=width, no_wrap=True)
    for part in PARTS:
        table.add_row("", "", Text(part.question, "bold"))
        for chapter in part.chapters:
            if chapter.number not in found:
                table.add_row("", chapter.number, chapter.name, Text("planned", "dim"))
                continue
            one = found[chapter.number]
            right = f"{one.right} of {one.questions} right at once" if one.answered else ""
            solved, quiz = f"{one.solved} of {len(one.exercises)}", f"{one.quiz_sign} {right}"
            signs = _signs([task.sign for task in one.exercises])
            table.add_row(_signs([one.sign]), one.number, chapter.name, signs, solved, quiz)
    return table


def _signs(signs: list[str]) -> Text:
    from rich.text import Text

    return Text.assemble(*((sign, STYLES[sign]) for sign in signs))


def _find(chapters: list[ChapterStanding], number: str) -> ChapterStanding:
    from llmcourse.errors import CourseError

    for chapter in chapters:
        if chapter.number == number.zfill(2):
            return chapter
    known = ", ".join(chapter.number for chapter in chapters)
    raise CourseError(f"there is no chapter {number!r} with exercises; there are: {known}")


def _detail(chapter: ChapterStanding) -> Table:
    """One chapter, a row for each exercise and one for the quiz."""
    from rich.table import Table

    from llmcourse.course.progress import Progress

    title = f"Chapter {chapter.number}: {chapter.sign} {chapter.word}"
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    for heading in ("exercise", "state", "details"):
        table.add_column(heading, justify="left", overflow="fold")
    for _, what, state, details in Progress([chapter]).rows:
        table.add_row(what, state, details)
    return table


def _class_table(solved: list[tuple[ChapterStanding, list[int]]], students: int) -> Table:
    """How many students have solved each exercise, a row for each chapter that somebody opened."""
    from rich.table import Table

    table = Table(title=f"Solved, of {students}", title_justify="left", title_style="bold", box=None)
    table.add_column("chapter")
    table.add_column("exercises", overflow="fold")
    for chapter, counts in solved:
        if any(counts):
            pairs = zip(chapter.exercises, counts, strict=True)
            table.add_row(chapter.number, ", ".join(f"{task.key} {count}" for task, count in pairs))
    return table
