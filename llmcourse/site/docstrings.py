"""The docstrings of the package as reStructuredText, which is what Sphinx reads.

They are written to be read in the file: an indented block is code, and lines like "`layer`: the first of them" are a
list, whose longer entries go on indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SECTION = re.compile(r"^(Raises|Returns|Yields|Args|Note|Example)s?:$")
_ENTRY = re.compile(r"^(?P<name>`[^`]+`(?:, `[^`]+`)*:|\w+:?(?= {2,}))\s+(?P<text>.*)")
_COMMAND = re.compile(r"[|\\]|(?<=\w)_(?=\W|$)")
_CODE = re.compile(r"(`+[^`]+`+)")


def as_rst(lines: list[str]) -> list[str]:
    """The lines of a docstring as Sphinx wants them."""
    written: list[str] = []
    was_code = False
    for paragraph in _paragraphs(lines):
        is_code = all(line.startswith("    ") for line in paragraph)
        if is_code and not was_code:
            written += ["::", ""]
        written += paragraph if is_code else list(_prose(paragraph))
        written.append("")
        was_code = is_code
    return written


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []


def _prose(paragraph: list[str]) -> Iterator[str]:
    if _SECTION.match(paragraph[0]):  # napoleon makes something of these
        yield from (_escaped(line) for line in paragraph)
        return
    is_list = bool(_ENTRY.match(paragraph[0]))
    for line in paragraph:
        entry = _ENTRY.match(line) if is_list else None
        if entry:
            name = entry["name"].rstrip(":")
            yield f"- {name if name.startswith('`') else f'`{name}`'}: {_escaped(entry['text'])}"
        else:
            yield f"  {_escaped(line.strip())}" if is_list else _escaped(line)


def _escaped(line: str) -> str:
    """The line with what would be a command to reStructuredText made plain, outside of `code`."""
    return "".join(part if part.startswith("`") else _COMMAND.sub(r"\\\g<0>", part) for part in _CODE.split(line))
