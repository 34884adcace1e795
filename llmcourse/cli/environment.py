"""`llmcourse lab` opens the course; `llmcourse doctor` says what it finds on this machine."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

WELCOME = "00_welcome.ipynb"
INSTALLED = "_notebooks"  # what a wheel calls the folder


def lab(
    context: typer.Context,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only serve, and print the address to open.")
    ] = False,
) -> None:
    """Open JupyterLab at the welcome notebook.

    All further words go to JupyterLab as they are (`jupyter lab --help-all` lists them).

    **Examples**

    - `llmcourse lab`
    - `llmcourse lab --no-browser --port 8890`
    - `llmcourse lab --ip 0.0.0.0` (reachable from other machines: the address holds a secret token)
    """
    from jupyterlab.labapp import LabApp

    from llmcourse.course.files import notebooks_folder

    folder = _to_work_in(notebooks_folder())
    # Nothing phones home: no news, no search for updates. The rest are the reader's own settings.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(Path(__file__).parent / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    words = [
        f"--ServerApp.root_dir={folder.parent}",
        f"--LabApp.default_url=/lab/tree/{folder.name}/{WELCOME}",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if no_browser:
        words.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container one usually is root; Jupyter asks to say so
        words.append("--allow-root")
    LabApp.launch_instance(argv=[*words, *context.args])


def _to_work_in(folder: Path) -> Path:
    """The notebooks of a checkout are worked in where they are; those inside an installed package are copied here."""
    if folder.name != INSTALLED:
        return folder
    copy = Path("notebooks").resolve()
    copy.mkdir(exist_ok=True)
    for notebook in sorted(folder.glob("*.ipynb")):
        if not (copy / notebook.name).exists():  # what a learner has written is never overwritten
            shutil.copyfile(notebook, copy / notebook.name)
    typer.echo(f"the notebooks are in {copy}")
    return copy


def doctor() -> None:
    """Look at this machine: versions, device, memory, disk, data; each missing thing with the command that mends it.

    Ends with exit code 1 if something is missing that the course cannot do without.
    """
    from rich.console import Console
    from rich.table import Table

    from llmcourse.doctor import Outcome, examine

    findings = examine()
    table = Table(title="llmcourse doctor", title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        mend = f"\nmend it: {finding.mend}" if finding.mend else ""
        table.add_row(finding.outcome.value, finding.name, finding.text + mend)
    console = Console(highlight=False, markup=False)
    console.print(table)
    missing = [finding for finding in findings if finding.outcome is Outcome.MISSING]
    if missing:
        console.print(f"\n{len(missing)} thing{'s' if len(missing) > 1 else ''} missing that the course needs.")
        raise typer.Exit(1)
    console.print("\nEverything that the course needs is here.")
