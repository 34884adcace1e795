"""`llmcourse classroom`: the notebooks as assignments of nbgrader."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Hand the notebooks out through nbgrader (for teachers).", no_args_is_help=True)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the nbgrader course goes.")],
    notebooks: Annotated[
        list[str], typer.Option("--notebooks", "-n", metavar="NOTEBOOK", help="Numbers (4), names (04_self) or files.")
    ],
    more: Annotated[list[str] | None, typer.Argument(metavar="[NOTEBOOK]...", hidden=True)] = None,
) -> None:
    """Write an nbgrader course with an assignment for each notebook.

    **Example**

    - `llmcourse classroom export course --notebooks 04 05`
    """
    from importlib.util import find_spec

    from llmcourse.classroom.nbgrader_course import export_course
    from llmcourse.course.files import notebook_paths

    points = export_course(folder, notebook_paths([*notebooks, *(more or [])]))
    for assignment, worth in points.items():
        typer.echo(f"✓ {folder / 'source' / assignment}: {worth} points")
    if find_spec("nbgrader") is None:
        typer.echo('first: pip install "llmcourse[classroom]", which brings nbgrader')
    typer.echo(f"next: cd {folder}, then nbgrader generate_assignment {next(iter(points))}")


@app.command()
def collect(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The nbgrader course.")],
    download: Annotated[Path, typer.Argument(metavar="DOWNLOAD", help="The folder with what was handed in.")],
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="As in FOLDER/source.")],
) -> None:
    """Lay what a learning platform hands over where nbgrader looks for it: submitted/STUDENT/ASSIGNMENT.

    A folder for each student is understood, and file names such as Moodle's and Canvas's.

    **Example**

    - `llmcourse classroom collect course ~/Downloads/week4 04_self_attention`
    """
    from llmcourse.classroom.collect import collect as collect_all

    for one in collect_all(folder, download, assignment):
        typer.echo(f"{'?' if one.is_odd else '✓'} {one.student}: {one.what}")
