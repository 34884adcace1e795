"""Links to a place in a notebook or on a page.

In JupyterLab a link reaches a heading only if its name is plain ASCII, which "4 · Why the square root" is not. A link
to a cell by its id works always, and leads to the very cell. For the website `notes.with_headings` makes links to
headings of them.
"""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$")
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


def page_anchor(heading: str) -> str:
    """What GitHub and Sphinx call a heading: small letters, no punctuation, with `-` for each space."""
    return re.sub(r"[^\w\- ]", "", plain(heading).lower()).replace(" ", "-")


def link(text: str, address: str) -> str:
    """A Markdown link; brackets in its text do not end it."""
    return f"[{text.replace('[', chr(92) + '[').replace(']', chr(92) + ']')}]({address})"
