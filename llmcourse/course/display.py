"""Show a short message in a notebook as a box, elsewhere as plain text; the words are the same in both.

Meaning is never carried by colour alone: every box begins with a sign and a word. The boxes take the colours of the
page around them, so they can be read on a dark one too.
"""

from __future__ import annotations

import html
import re
import sys

_BOX = "border:1px solid {colour};border-left-width:6px;border-radius:4px;padding:0.5em 0.9em;margin:0.3em 0"


def show(text: str, page: str) -> None:
    """Display `page` (HTML) with `text` as its plain equivalent; print `text` where there is no notebook."""
    if in_notebook():
        from IPython.display import display

        display({"text/plain": text, "text/html": page}, raw=True)
    else:
        print(text)


def in_notebook() -> bool:
    """Is this code running under IPython, whose `display` reaches a page?"""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def counted(number: int, noun: str) -> str:
    """`1 hint`, `2 hints`, `3 quizzes`."""
    plural = {"quiz": "quizzes"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"


def cell_number() -> int | None:
    """The number of the notebook cell that is running, or None outside of one."""
    return sys.modules["IPython"].get_ipython().execution_count if in_notebook() else None


def box(sign: str, heading: str, body: str, colour: str = "currentColor", role: str = "note", code: str = "") -> str:
    """A box as HTML: sign and heading on the first line, then the lines of `body`, then `code`."""
    head = f'<span aria-hidden="true">{html.escape(sign)}</span> <strong>{inline(heading)}</strong>'
    lines = "".join(f'<p style="margin:0.3em 0">{inline(line)}</p>' for line in body.split("\n") if line.strip())
    listing = f'<pre style="margin:0.3em 0;overflow-x:auto">{html.escape(code, quote=False)}</pre>' if code else ""
    return f'<div role="{role}" style="{_BOX.format(colour=colour)}"><div>{head}</div>{lines}{listing}</div>'


def inline(text: str) -> str:
    """One line of plain text as HTML: `code` between backquotes, *stressed* words between asterisks."""
    pieces = html.escape(text, quote=False).split("`")  # every second piece stood between backquotes
    return "".join(
        f"<code>{piece}</code>" if place % 2 else re.sub(r"\*(\w[^*]*)\*", r"<em>\1</em>", piece)
        for place, piece in enumerate(pieces)
    )
