"""What of a text cell is shown on a slide, and what the teacher says about it.

A text is written to be read, a slide to be looked at while somebody speaks. Headings, formulas, lists, tables, and the
questions to predict are shown. Of a paragraph that is longer than a glance only its beginning is; the whole of it goes
into the speaker's notes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt

GLANCE = 32  # words that one takes in while somebody speaks
MOST_TOGETHER = 13  # rows of a paragraph and the list that it introduces
ROW = 80  # characters of text in a row of the slide
SHOWN = {"bullet_list_open", "ordered_list_open", "blockquote_open", "table_open", "fence", "html_block"}
_PARSER = MarkdownIt("commonmark").enable("table")
# A sentence ends before a space and a capital letter, a formula, code or a quotation; not after "e.g." and "et al.".
_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!et al)(?<!vs)(?<=[.!?])[*_”\")]*\s+(?=[A-Z$`*“\[(])")
_FORMULA_OR_CODE = re.compile(r"\$[^$]+\$|`[^`]+`")
_TO_A_FILE = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)\s]+\)")  # a page of slides travels alone
_HINT = re.compile(r"\.hint\(\)|\.solution\(\)")


class Block(NamedTuple):
    """A heading, a paragraph, a list, …: its kind, as markdown-it names it, and its Markdown."""

    kind: str
    text: str

    @property
    def level(self) -> int:
        """Of a heading: 1 to 6; of anything else 0."""
        found = re.match(r"#+", self.text) if self.kind == "heading_open" else None
        return len(found[0]) if found else 0


class Shown(NamedTuple):
    """One piece of a text for the slide, with the rows it takes, or for the notes (then it takes none)."""

    text: str
    rows: float
    level: int = 0
    notes: bool = False


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a text, from top to bottom."""
    lines = markdown.splitlines()
    for token in _PARSER.parse(markdown):
        if token.level == 0 and token.map and token.nesting >= 0:
            yield Block(token.type, "\n".join(lines[slice(*token.map)]).strip())


def shown(markdown: str) -> Iterator[Shown]:
    """What a text cell gives a slide, and then, if something was cut, its paragraphs as notes."""
    said: list[str] = []
    waiting: Shown | None = None  # a paragraph that introduces what comes next goes with it
    for piece in _pieces(markdown, said):
        if waiting and not piece.level and waiting.rows + piece.rows <= MOST_TOGETHER:
            piece = Shown(f"{waiting.text}\n\n{piece.text}", waiting.rows + piece.rows)
        elif waiting:
            yield waiting
        waiting = piece if _introduces(piece) else None
        if not waiting:
            yield piece
    if waiting:
        yield waiting
    if said:
        yield Shown("\n\n".join(said), 0, notes=True)


def _introduces(piece: Shown) -> bool:
    last = piece.text.rstrip().splitlines()[-1]
    return not piece.level and last.endswith((":", "**", "you can"))


def _pieces(markdown: str, said: list[str]) -> Iterator[Shown]:
    for block in blocks(markdown):
        text = _TO_A_FILE.sub(r"\1", block.text).replace("- [x] ", "- ✓ ")
        if block.level:
            yield Shown(text, 2.2 if block.level < 3 else 1.8, block.level)
        elif _HINT.search(text) and block.kind == "paragraph_open":
            said.append(text)  # help for one who is stuck alone; in a room there is a teacher
        elif block.kind in SHOWN or "$$" in text or text.startswith("**Predict"):
            yield Shown(text, rows(text))
        else:
            first = beginning(text)
            yield Shown(first, rows(first))
            if first != text:
                said.append(text)


def beginning(paragraph: str) -> str:
    """Its first sentence, and the next ones as long as all of it is taken in at a glance.

    A full stop inside a formula or code ends no sentence.
    """
    masked = _FORMULA_OR_CODE.sub(lambda match: match[0][0] + "x" * (len(match[0]) - 2) + match[0][-1], paragraph)
    ends = [*(end.end() for end in _END.finditer(masked)), len(paragraph)]
    short = [end for end in ends if len(paragraph[:end].split()) <= GLANCE]
    return paragraph[: short[-1] if short else ends[0]].strip()


def rows(text: str) -> float:
    """About how many rows of text a piece takes on a slide, with the space below it."""
    if "$$" in text:
        formulas = re.findall(r"\$\$.*?\$\$", text, re.DOTALL)
        inner = sum(2.6 + 1.1 * formula.count(r"\\") for formula in formulas)
        rest = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL).strip()
        return inner + (rows(rest) if rest else 0)
    return 0.5 + sum(max(1, math.ceil(len(line) / ROW)) for line in _unwrapped(text))


def _unwrapped(text: str) -> list[str]:
    """Lines as they are set: a list's items one each, a paragraph's hard-wrapped lines as one."""
    lines: list[str] = []
    for line in text.splitlines():
        starts = not lines or re.match(r"\s*([-*+]|\d+[.)])\s|\s*[|>]", line) or not lines[-1].strip()
        if starts:
            lines.append(line)
        else:
            lines[-1] += " " + line.strip()
    return [line for line in lines if line.strip(" >")]
