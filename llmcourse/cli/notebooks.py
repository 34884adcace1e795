"""`llmcourse run` tries notebooks; `llmcourse notebooks` builds, checks and solves the committed ones."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Build, check or solve the committed notebooks (for authors).", no_args_is_help=True)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NOTEBOOK", help="Numbers (4), names (04_self) or files; none for all.", show_default=False),
]
Timeout = Annotated[float, typer.Option(help="Seconds that one cell may take.")]


def run(
    names: Names = None,
    solved: Annotated[bool, typer.Option("--solved", help="Fill in every exercise first; each must pass.")] = False,
    timeout: Timeout = 600,
) -> None:
    """Run notebooks from top to bottom, in copies, and say how each went; exit code 1 if one failed.

    **Examples**

    - `llmcourse run` (all of them)
    - `llmcourse run 4 10 --solved`
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Table

    from llmcourse.course.run import notebook_paths, run_notebook

    paths = notebook_paths(names or ())
    console = Console(highlight=False)
    table = Table(title="solved edition" if solved else "edition with blank exercises", title_justify="left")
    table.add_column("notebook", no_wrap=True)
    table.add_column("outcome")
    table.add_column("seconds", justify="right", no_wrap=True)
    failed = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(paths))
        for path in paths:
            progress.update(task, description=path.stem)
            result = run_notebook(path, solved=solved, timeout=timeout)
            failed += not result.passed
            outcome = "✓ passed" if result.passed else f"✗ {result.error}"
            table.add_row(result.name, outcome.replace("[", r"\["), f"{result.seconds:.1f}")
            progress.advance(task)
    console.print(table)
    if failed:
        console.print(f"{failed} of {len(paths)} failed")
        raise typer.Exit(1)


@app.command()
def build(names: Names = None, timeout: Timeout = 600) -> None:
    """Execute notebooks and write them back with their outputs; two builds give the same bytes.

    **Examples**

    - `llmcourse notebooks build`
    - `llmcourse notebooks build 04`
    """
    from llmcourse.course.notebooks import build as build_notebooks
    from llmcourse.course.notebooks import notebook_paths

    for path in build_notebooks(notebook_paths(names or ()), timeout=timeout):
        typer.echo(f"✓ {path.name}")


@app.command()
def check(names: Names = None) -> None:
    """Find notebooks that were edited and not built, or lack what a chapter needs; exit code 1 if there is one."""
    from llmcourse.course.notebooks import check as check_notebooks
    from llmcourse.course.notebooks import notebook_paths

    paths = notebook_paths(names or ())
    problems = check_notebooks(paths)
    for problem in problems:
        typer.echo(f"✗ {problem}")
    if problems:
        raise typer.Exit(1)
    typer.echo(f"✓ {len(paths)} notebooks are as they were built")


@app.command()
def link(names: Names = None) -> None:
    """Write the links to Colab and Binder, and the lines that install the course there, without executing anything.

    They follow from `Repository` in pyproject.toml: run this after you have changed it.

    **Examples**

    - `llmcourse notebooks link`
    - `llmcourse notebooks link 04`
    """
    from llmcourse.course.notebooks import link as link_notebooks
    from llmcourse.course.notebooks import notebook_paths

    paths = notebook_paths(names or ())
    changed = 0
    for path in link_notebooks(paths):
        typer.echo(f"✓ {path.name}")
        changed += 1
    typer.echo(f"{changed} of {len(paths)} notebooks changed")


@app.command()
def solve(
    name: Annotated[str, typer.Argument(metavar="NOTEBOOK", help="A number (4), a name (04_self) or a file.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the solved edition goes.")],
) -> None:
    """Write the solved edition of a notebook: each exercise filled in with the package's own source.

    **Example**

    - `llmcourse notebooks solve 4 --out solved.ipynb`
    """
    from llmcourse.course.notebooks import notebook_paths
    from llmcourse.course.notebooks import solve as solve_notebook

    (path,) = notebook_paths([name])[:1]
    typer.echo(f"wrote {solve_notebook(path, out)}")
