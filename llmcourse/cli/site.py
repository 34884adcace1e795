"""`llmcourse slides` and `llmcourse site`: the notebooks as slides and as a website, both without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where it goes.")]


def slides(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NOTEBOOK", help="Numbers (4), names (04_self) or files; none for all.", show_default=False
        ),
    ] = None,
    out: Folder = Path("slides"),
) -> None:
    """Write notebooks as slides: one HTML file each, which holds all that it needs and works without a network.

    The arrow keys go through them, S opens the speaker's notes, O shows all. reveal.js and MathJax are fetched by npm
    the first time.

    **Examples**

    - `llmcourse slides 04`
    - `llmcourse slides 04 10 --out lectures`
    """
    from llmcourse.course.notebooks import notebook_paths

    paths = notebook_paths(names or ())
    with _needs_extra():
        from llmcourse.site.slides import write_slides

        for path in paths:
            typer.echo(f"wrote {write_slides(path, out)}")


def site(out: Folder = Path("build/site")) -> None:
    """Build the website: every chapter with its outputs, the package's reference, the guides; it works from a folder.

    **Example**

    - `llmcourse site --out build/site`, then open `build/site/index.html`
    """
    with _needs_extra():
        from llmcourse.site.build import build_site

        typer.echo(f"wrote {build_site(out.resolve())}")


@contextmanager
def _needs_extra() -> Iterator[None]:
    """Say what to install where a package of the extra `site` is missing."""
    from llmcourse.errors import CourseError

    try:
        yield
    except ModuleNotFoundError as error:
        raise CourseError(f"{error.name} is not installed: pip install -e '.[site]' brings what this needs") from None
