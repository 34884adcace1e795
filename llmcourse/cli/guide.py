"""`llmcourse guide` writes the teacher's pages from the notebooks, and checks that they are not older than these."""

import typer

app = typer.Typer(help="Write or check the instructor's guide, syllabi and glossary.", no_args_is_help=True)


@app.command()
def build() -> None:
    """Write docs/guide and the README's table of notebooks from the notebooks' own metadata.

    **Example**

    - `llmcourse guide build`
    """
    from llmcourse.course.files import checkout
    from llmcourse.course.guide.pages import write_pages

    written = write_pages(checkout())
    for name in written:
        typer.echo(f"✓ {name}")
    if not written:
        typer.echo("✓ all pages say what the notebooks say")


@app.command()
def check() -> None:
    """Find pages that do not say what the notebooks say; exit code 1 if there is one."""
    from llmcourse.course.files import checkout
    from llmcourse.course.guide.pages import stale_pages

    stale = stale_pages(checkout())
    for name in stale:
        typer.echo(f"✗ {name} is stale: run `llmcourse guide build`")
    if stale:
        raise typer.Exit(1)
    typer.echo("✓ all pages say what the notebooks say")
