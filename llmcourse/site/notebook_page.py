"""A notebook as a page: as it was committed, but for what only a program can show, or only a running kernel."""

from __future__ import annotations

from pathlib import Path

import nbformat

from llmcourse.course.files import read_notebook
from llmcourse.site.links import site_links
from llmcourse.site.slide_output import is_control

MOVE = (
    '<p class="to-move"><span aria-hidden="true">▸</span> Something to move stands here. It needs Python: open this '
    "chapter in JupyterLab.</p>"
)


def page_of(path: Path, pages: set[str], root: Path) -> bytes:
    """The notebook at `path` as the file that Sphinx reads."""
    notebook = read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = site_links(cell.source, f"notebooks/{path.name}", pages, root)
            # A box that cannot be ticked says nothing to a screen reader; a sign does.
            cell.source = text.replace("- [x] ", "- ✓ ").replace("- [ ] ", "- ○ ")
        elif cell.cell_type == "code" and is_control(cell):
            for output in cell.outputs:
                if output.get("data", {}).get("text/plain", "").startswith("interactive("):
                    output.data = {"text/html": MOVE}
    return nbformat.writes(notebook, version=4).encode("utf-8")
