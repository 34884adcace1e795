"""Write a notebook as plain text, and turn it into an `.ipynb` once.

The `.ipynb` is the one source of a notebook from then on; this form is only a comfortable way to write the first draft.

    # %% [metadata]
    number = "04"                                     TOML: what goes into the notebook's metadata
    title = "Self-attention"

    # %% [markdown]
    # Self-attention
    Which word does *she* look at?

    # %% tags=exercise:attention
    def scaled_dot_product_attention(q, k, v, mask=None):
        raise NotImplementedError  # your code here

Everything up to the next line that starts with `# %%` belongs to the cell. Markdown is written as it is, not commented
out. Several tags are separated by commas.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from llmcourse.errors import CourseError

_CELL_START = re.compile(r"^# %%[ \t]*(?:\[(?P<kind>\w+)\])?[ \t]*(?:tags=(?P<tags>\S+))?[ \t]*$", re.MULTILINE)


def notebook_from_text(text: str) -> NotebookNode:
    """The notebook that `text` describes, without outputs.

    Raises:
        CourseError: a cell of an unknown kind, text outside of any, or metadata that is not TOML.
    """
    notebook = new_notebook()
    for kind, tags, source in _cells(text):
        if kind == "metadata":
            notebook.metadata["llmcourse"] = _toml(source)
        elif kind == "markdown":
            notebook.cells.append(new_markdown_cell(source))
        elif kind == "code":
            notebook.cells.append(new_code_cell(source))
        else:
            raise CourseError(f"'# %% [{kind}]' is no kind of cell: use [metadata], [markdown] or nothing for code")
        if tags and kind != "metadata":
            notebook.cells[-1].metadata["tags"] = tags
    return notebook


def text_from_notebook(notebook: NotebookNode) -> str:
    """The cells of a notebook in the text form, without its metadata: to read one in a terminal or to compare two."""
    parts = []
    for cell in notebook.cells:
        kind = "" if cell.cell_type == "code" else f" [{cell.cell_type}]"
        tags = ",".join(cell.metadata.get("tags", []))
        parts.append(f"# %%{kind}{f' tags={tags}' if tags else ''}\n{cell.source}\n")
    return "\n".join(parts)


def convert(source: Path, destination: Path) -> None:
    """Write the notebook described by the text file `source` to `destination`; `build` it afterwards."""
    nbformat.write(notebook_from_text(source.read_text(encoding="utf-8")), destination)


def _cells(text: str) -> Iterator[tuple[str, list[str], str]]:
    """(kind, tags, source) of each cell."""
    starts = list(_CELL_START.finditer(text))
    before = text[: starts[0].start()] if starts else text
    if before.strip():
        raise CourseError(f"a cell begins with a line '# %%'; before the first one stands {before.strip()[:40]!r}")
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=False):  # no cells, one end
        tags = start["tags"].split(",") if start["tags"] else []
        yield start["kind"] or "code", tags, text[start.end() : end].strip()


def _toml(source: str) -> dict:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"the [metadata] cell is not TOML: {error}") from error


if __name__ == "__main__":  # python -m llmcourse.course.authoring draft.txt notebooks/04_self_attention.ipynb
    import sys

    convert(Path(sys.argv[1]), Path(sys.argv[2]))
