"""Write a chapter as slides: one HTML file that holds reveal.js, MathJax and every figure, and so needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from llmcourse.course.files import read_notebook
from llmcourse.site.libraries import MATHJAX, MATHJAX_FILE, REVEAL, read_library
from llmcourse.site.slide_output import HIDE_INPUT
from llmcourse.site.slide_rule import as_slides
from llmcourse.storage import write_atomically

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CODE_COLOURS = "a11y-high-contrast-light"


def write_slides(path: Path, folder: Path) -> Path:
    """Write the slides of the notebook at `path` into `folder`; the same bytes each time. Returns the file.

    Raises:
        CourseError: the notebook cannot be read, or reveal.js or MathJax cannot be had.
    """
    target = folder / f"{path.stem}.html"
    write_atomically(target, slides_html(read_notebook(path)).encode("utf-8"))
    return target


def slides_html(notebook: NotebookNode) -> str:
    """The slides of a notebook as one page."""
    from nbconvert import SlidesExporter

    exporter = SlidesExporter(
        config=_config(), extra_template_basedirs=[str(TEMPLATES)], template_name="llmcourse-slides"
    )
    body, _ = exporter.from_notebook_node(as_slides(notebook), resources={"deck": _parts(notebook)})
    return body


def _parts(notebook: NotebookNode) -> dict[str, str]:
    """What the template puts into the page beside the cells."""
    described = notebook.metadata.get("llmcourse", {})
    return {
        "title": f"{described.get('number', '')} · {described.get('title', 'Slides')}".removeprefix(" · "),
        "css": _text(REVEAL, "dist/reveal.css") + (HERE / "static" / "slides.css").read_text(encoding="utf-8"),
        "scripts": _closed(
            _text(REVEAL, "dist/reveal.js"),
            _text(REVEAL, "dist/plugin/notes.js"),
            (HERE / "static" / "slides.js").read_text(encoding="utf-8"),
            _text(MATHJAX, MATHJAX_FILE),
        ),
    }


def _text(library: Any, file: str) -> str:
    return read_library(library, file).decode("utf-8")


def _closed(*scripts: str) -> str:
    """Scripts for the inside of a page, where the words that would end one must not appear."""
    return "\n".join("<script>" + script.replace("</script", r"<\/script") + "</script>" for script in scripts)


def _config() -> Any:
    from traitlets.config import Config

    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_input_tags = {HIDE_INPUT}
    config.CSSHTMLHeaderPreprocessor.style = CODE_COLOURS
    return config
