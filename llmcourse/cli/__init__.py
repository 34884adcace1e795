"""The `llmcourse` command: everything one does with the course outside a notebook.

Each command imports what it needs inside its function, so that `llmcourse --help` answers at once.
"""

import sys
from typing import Annotated, NoReturn

import typer

import llmcourse
from llmcourse.cli import classroom, corpus, environment, grade, guide, models, notebooks, progress, site
from llmcourse.errors import CourseError

INTERRUPTED = 130  # the exit code of whatever Ctrl-C ends
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}  # what is not ours is for JupyterLab

app = typer.Typer(
    name="llmcourse",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(rich_help_panel="Begin", context_settings=PASS_ON)(environment.lab)
app.command(rich_help_panel="Begin")(environment.doctor)
app.command(rich_help_panel="Language models")(models.sample)
app.command(rich_help_panel="Language models")(models.attend)
app.command(rich_help_panel="Language models")(models.pretrain)
app.command(rich_help_panel="Language models")(models.tune)
app.command(rich_help_panel="Notebooks and data")(notebooks.run)
app.add_typer(progress.app, name="progress", rich_help_panel="Begin")
app.add_typer(notebooks.app, name="notebooks", rich_help_panel="Notebooks and data")
app.add_typer(corpus.app, name="data", rich_help_panel="Notebooks and data")
app.command(rich_help_panel="Teaching")(grade.grade)
app.add_typer(classroom.app, name="classroom", rich_help_panel="Teaching")
app.add_typer(guide.app, name="guide", rich_help_panel="Teaching")
app.command(rich_help_panel="Teaching")(site.slides)
app.command(rich_help_panel="Teaching")(site.site)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"llmcourse {llmcourse.__version__}")
        raise typer.Exit


@app.callback(epilog="Start with `llmcourse lab`. If something is odd, `llmcourse doctor` says how to mend it.")
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Build, train and look inside language models, on your own machine and offline."""


def main() -> None:
    """Run the command line. What the reader can mend is said in one line, with exit code 2 and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that has no "✓" shows "?" and goes on
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="llmcourse")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            typer.echo("llmcourse: stopped", err=True)
        raise
    except CourseError as error:
        _fail(str(error))
    except OSError as error:
        if error.filename is None:  # not about a file of the reader's
            raise
        _fail(f"{error.filename}: {error.strerror}")


def _fail(message: str) -> NoReturn:
    typer.echo(f"llmcourse: {' '.join(message.split())}", err=True)
    sys.exit(2)
