"""Make an executed notebook the same, byte for byte, on every run.

What differs between two runs of the same notebook is not its content: in how many pieces a stream arrived, where an
object lay in memory, the name of a temporary folder, the identity of a widget. All of it is taken out here, so that a
notebook's history shows what its author changed and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import sys
import sysconfig
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}
KEPT_CELL_METADATA = {"tags", "jupyter", "slideshow", "editable"}

# Text that differs from run to run, and what stands for it. tests/notebooks/sanitize.cfg holds the same patterns.
VARYING_TEXT = [
    (r"\bat 0x[0-9a-fA-F]+", "at ADDRESS"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"(?:/private)?/(?:tmp|var/folders)/[\w.+/-]+", "TEMPORARY"),
    (r"\b[A-Z]:\\[\w.~ \\-]*\\Temp\\[\w.\\-]+", "TEMPORARY"),
    (r"[\w.+:/\\-]*[/\\]site-packages", "site-packages"),
]


def normalize(notebook: NotebookNode) -> None:
    """Take out of an executed notebook, in place, all that another run of it would write differently."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = NotebookNode(
        kernelspec=KERNEL, language_info=LANGUAGE, **{k: v for k, v in notebook.metadata.items() if k == "llmcourse"}
    )
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    renew_ids(notebook)
    count = 0
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: v for k, v in sorted(cell.metadata.items()) if k in KEPT_CELL_METADATA})
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_normal_output(output, count) for output in _merge_streams(cell.outputs)]


def renew_ids(notebook: NotebookNode) -> None:
    """Give every cell the identity that follows from its text, after a change of the text."""
    for cell, cell_id in zip(notebook.cells, _cell_ids(notebook.cells), strict=True):
        cell.id = cell_id


def _cell_ids(cells: list[NotebookNode]) -> list[str]:
    """An identity made from a cell's text: an inserted cell does not change the ones after it."""
    seen: dict[str, int] = {}
    ids = []
    for cell in cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        ids.append(digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")
    return ids


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """One piece per stream of a cell, with what a carriage return has overwritten left out."""
    merged: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type == "stream" and output.name in streams:
            streams[output.name].text += output.text
            continue
        if output.output_type == "stream":
            streams[output.name] = output
        merged.append(output)
    for stream in streams.values():
        stream.text = re.sub(r"^.*\r(?=[^\n])", "", stream.text, flags=re.MULTILINE)
    return merged


def _normal_output(output: NotebookNode, count: int) -> NotebookNode:
    if output.output_type == "stream":
        output.text = steady_text(output.text)
    elif output.output_type == "error":
        output.evalue = steady_text(output.evalue)
        output.traceback = [steady_text(_without_places(line)) for line in output.traceback]
    else:
        if output.output_type == "execute_result":
            output.execution_count = count
        output.metadata.pop(WIDGET_VIEW, None)
        output.data.pop(WIDGET_VIEW, None)  # means nothing without the widget's state, which is not kept
        output.data = NotebookNode({mime: _steady_value(mime, value) for mime, value in sorted(output.data.items())})
    return output


def _steady_value(mime: str, value: Any) -> Any:
    is_text = isinstance(value, str) and not mime.startswith("image/")
    return steady_text(value) if is_text else value


def steady_text(text: str) -> str:
    """`text` with what belongs to this one run replaced by a word; done twice, it changes nothing more."""
    for pattern, name in VARYING_TEXT:
        text = re.sub(pattern, name, text)
    return text


def _without_places(line: str) -> str:
    """A line of a traceback without the folders of this machine. (nbval does not compare tracebacks.)"""
    for place, name in _PLACES:
        line = line.replace(place, name)
    return line


# The inner folders before the outer ones.
_PLACES = [
    (sysconfig.get_path("stdlib"), "python"),
    (str(Path(__file__).resolve().parents[2]), "llmcourse-project"),
    (sys.prefix, "environment"),
    (str(Path.home()), "~"),
]
