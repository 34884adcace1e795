"""`llmcourse grade`: grade a folder of submissions without nbgrader."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from llmcourse.classroom.gather import Stray
    from llmcourse.classroom.grading import Grade


def grade(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the submissions are.")],
    notebooks: Annotated[
        list[str] | None,
        typer.Option("--notebook", "-n", metavar="NOTEBOOK", help="Only this one: a number (4), a name or a file."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Where the grades go.", show_default="FOLDER-grades")
    ] = None,
    time: Annotated[float, typer.Option("--time", min=1, help="Seconds that one cell may take.")] = 120,
    memory: Annotated[int, typer.Option("--memory", min=256, help="Megabytes that a submission may hold.")] = 2048,
    output: Annotated[float, typer.Option("--output", min=0.01, help="Megabytes that one cell may print.")] = 1,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Submissions at a time; 0: one a core, to 4.")] = 0,
) -> None:
    """Grade the submissions in a folder: a table (CSV), a page for each student, and a page for the teacher.

    Each submission runs in a process of its own, with limits. What cannot be read or run gets no points and a reason.

    **Examples**

    - `llmcourse grade submissions`
    - `llmcourse grade submissions --notebook 04 --jobs 2`
    """
    import os

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from llmcourse.classroom.gather import Stray, gather
    from llmcourse.classroom.grading import grade_all
    from llmcourse.classroom.limits import MIB, Limits
    from llmcourse.classroom.results import write_results
    from llmcourse.course.files import notebook_paths, read_notebook

    paths = notebook_paths(notebooks or ())
    submissions, strays = gather(folder, paths)
    wanted = {submission.notebook for submission in submissions}
    originals = {path.stem: read_notebook(path) for path in paths if path.stem in wanted}
    limits = Limits(seconds=time, memory=memory * MIB, output=int(output * MIB))
    place = to or folder.resolve().with_name(f"{folder.resolve().name}-grades")

    console = Console(highlight=False)
    grades = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("grading", total=len(submissions))
            for graded in grade_all(submissions, originals, limits, jobs or min(4, os.cpu_count() or 1)):
                grades.append(graded)
                progress.advance(task)
    finally:  # also when it is stopped: what is graded by then is kept
        left = submissions[len(grades) :]
        strays += [Stray(one.student, one.path, "not graded: the grading was stopped before") for one in left]
        page = write_results(place, f"Grades: {folder.resolve().name}", grades, strays)
    _tell(console, grades, strays)
    typer.echo(f"the table is {page.with_name('grades.csv')}, the page to begin with {page}")


def _tell(console: "Console", grades: "list[Grade]", strays: "list[Stray]") -> None:
    """The odd ones, with the reason, and what this machine could not keep the submissions from."""
    from rich.table import Table
    from rich.text import Text

    from llmcourse.classroom.pages import visible

    table = Table(title="to look at", title_justify="left")
    table.add_column("student", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("why")
    for stray in strays:
        table.add_row(Text(visible(stray.student)), "–", Text(visible(stray.reason)))
    for grade in grades:
        if grade.all_remarks:
            why = Text(visible("\n".join(grade.all_remarks)))
            table.add_row(Text(visible(grade.student)), f"{grade.points}/{grade.out_of}", why)
    if table.rows:
        console.print(table)
    for wall in sorted({wall for grade in grades for wall in grade.missing_walls}):
        typer.echo(f"note: {wall}", err=True)
    if failed := [graded.failure for graded in grades if graded.failure]:
        typer.echo(
            f"{len(failed)} could not be run on this machine ({visible(failed[0])}): try `llmcourse doctor`", err=True
        )
    typer.echo(f"{len(grades)} graded, {table.row_count} to look at")
