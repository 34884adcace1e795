"""Links that lead to a heading: JupyterLab and GitHub name the same heading differently.

A heading of a notebook is named as JupyterLab names it, since that is where notebooks are opened; a heading of a page
in `docs/` as GitHub and Sphinx do. The website hands `heading_slug` to myst-parser and so finds both.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

from llmcourse.course.files import notebook_paths, read_notebook

_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$")
LEGAL = ";/?:@&=+$,!'*~"  # what may stand in the last part of an address as it is, and what Sphinx leaves so
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def headings(markdown: str) -> list[tuple[int, str]]:
    """The headings of a text with their levels, in order; what stands in a block of code is no heading."""
    found, in_code = [], False
    for line in markdown.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and (heading := _HEADING.match(line)):
            found.append((len(heading[1]), heading[2]))
    return found


def plain(heading: str) -> str:
    """A heading as it is read: without the marks of code, emphasis and links."""
    without_links = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"(?<!\\)[*`]", "", without_links)


def short(heading: str) -> str:
    """A heading without its number, and without the dots and minutes of an exercise."""
    return re.sub(r"^\d+(\.| ·) | +(· )?[●○]{3}.*$", "", plain(heading))


def readable(text: str) -> str:
    """A sentence that was not written for Markdown, such that it looks the same there: `<pad>` is no mark of HTML."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(piece if piece.startswith("`") else piece.replace("<", "&lt;") for piece in pieces)


def notebook_anchor(heading: str) -> str:
    """What JupyterLab calls a heading: its text, with `-` for each space."""
    return plain(heading).replace(" ", "-")


def page_anchor(heading: str) -> str:
    """What GitHub and Sphinx call a heading: small letters, no punctuation, with `-` for each space."""
    return re.sub(r"[^\w\- ]", "", plain(heading).lower()).replace(" ", "-")


def heading_slug(heading: str) -> str:
    """For `myst_heading_slug_func`: the name of a heading in either kind of file, as this guide links to it."""
    return notebook_anchor(heading) if plain(heading) in _notebook_headings() else page_anchor(heading)


def in_notebook(file: str, heading: str, folder: str = "../../notebooks") -> str:
    """The address of a heading of a notebook, as seen from `docs/guide`."""
    return f"{folder}/{file}#{quote(notebook_anchor(heading), safe=LEGAL)}"


def link(text: str, address: str) -> str:
    """A Markdown link; brackets in its text do not end it."""
    return f"[{text.replace('[', chr(92) + '[').replace(']', chr(92) + ']')}]({address})"


@cache
def _notebook_headings() -> frozenset[str]:
    cells = (cell for path in notebook_paths() for cell in read_notebook(path).cells if cell.cell_type == "markdown")
    return frozenset(plain(text) for cell in cells for _, text in headings(cell.source))
