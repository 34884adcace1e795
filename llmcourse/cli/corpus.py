"""`llmcourse data`: the story corpus that lies in data/."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Build, check or describe the story corpus in data/.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="FOLDER", help="Another folder than the course's own data/.", show_default=False),
]


@app.command()
def build(folder: Folder = None) -> None:
    """Write the splits of the story world again: the same bytes on every machine."""
    from llmcourse.corpus.build import build as build_corpus

    target = _or_own(folder)
    build_corpus(target)
    typer.echo(f"built in {target}")


@app.command()
def check(folder: Folder = None) -> None:
    """Compare every file with its hash and with what the story world writes; exit code 1 if one differs."""
    from llmcourse.corpus.build import check as check_corpus

    target = _or_own(folder)
    problems = check_corpus(target)
    for problem in problems:
        typer.echo(f"✗ {problem}")
    if problems:
        raise typer.Exit(1)
    typer.echo(f"✓ {target} is as it should be")


@app.command()
def info(
    name: Annotated[str, typer.Argument(help="`world`; `tinyshakespeare` or `sst2`, fetched once.")] = "world",
) -> None:
    """Say what a corpus holds: its splits, their sizes, and one document.

    **Examples**

    - `llmcourse data info`
    - `llmcourse data info tinyshakespeare`
    """
    from rich.console import Console
    from rich.table import Table

    from llmcourse.corpus import load

    corpus = load(name)
    tokenizer = corpus.tokenizer()
    table = Table(title=f"{corpus.name}: {corpus.description}", title_justify="left")
    table.add_column("split")
    for heading in ("documents", "tokens", "characters"):
        table.add_column(heading, justify="right")
    for split, documents in (("train", corpus.train), ("validation", corpus.validation), ("test", corpus.test)):
        tokens = sum(len(tokenizer.encode(document)) for document in documents)
        table.add_row(split, f"{len(documents):,}", f"{tokens:,}", f"{sum(map(len, documents)):,}")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"vocabulary of {tokenizer.vocab_size:,} tokens\n")
    console.print(corpus.validation[0][:600], markup=False)


def _or_own(folder: Path | None) -> Path:
    from llmcourse.corpus.files import data_folder

    return folder or data_folder()
