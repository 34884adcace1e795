"""What Sphinx is taught beside its extensions: texts of figures, and signatures as their authors wrote them."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
import textwrap
from base64 import b64decode
from pathlib import Path
from typing import Any

from docutils import nodes

from llmcourse.site.docstrings import as_rst

FIGURE = "image/png"
_HALF_A_LIST = re.compile(r"<dl>\s*((?:<dd>.*?</dd>\s*)+)</dl>", re.DOTALL)  # Sphinx's long signatures: no <dt> in it


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx, for which this module is an extension."""
    app.connect("doctree-read", give_alternative_texts)
    app.connect("autodoc-process-docstring", readable_docstring, priority=400)  # before napoleon reads it
    app.connect("autodoc-process-signature", written_signature)
    app.connect("html-page-context", mend_page, priority=900)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def give_alternative_texts(app: Any, doctree: nodes.document) -> None:
    """Each figure of a notebook gets the alternative text of its output, which myst-nb leaves behind.

    myst-nb names a figure's file after the SHA-256 of its bytes; by that the two are brought together.
    """
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    notebook = json.loads(path.read_text(encoding="utf-8"))
    texts = {}
    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        if picture := "".join(output.get("data", {}).get(FIGURE, "")):
            name = hashlib.sha256(b64decode(picture)).hexdigest()
            texts[name] = output.get("metadata", {}).get(FIGURE, {}).get("alt", "")
    for image in doctree.findall(nodes.image):
        if alt := texts.get(Path(image["uri"]).stem):
            image["alt"] = alt


def mend_page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """What a screen reader stumbles over: arguments that are half a list, and arrows of the menu without a name."""
    if "body" in context:
        context["body"] = _HALF_A_LIST.sub(_as_lines, context["body"])
    if menu := context.get("generate_toctree_html"):

        def named(*words: Any, **options: Any) -> str:
            return str(menu(*words, **options)).replace("<summary>", '<summary aria-label="Pages below this one">')

        context["generate_toctree_html"] = named


def _as_lines(match: re.Match[str]) -> str:
    arguments = match[1].replace("<dd>", "<span>").replace("</dd>", "</span>")
    return f'<span class="sig-arguments">{arguments}</span>'


def readable_docstring(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """A docstring of the package as reStructuredText."""
    lines[:] = as_rst(lines)


def written_signature(
    app: Any, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str, str | None] | None:
    """The signature as it stands in the file, `Float[Tensor, "batch d_model"]`, not what Python makes of it."""
    definition = obj.__init__ if inspect.isclass(obj) else inspect.unwrap(obj)
    if not inspect.isfunction(definition):
        return None
    try:
        (written,) = ast.parse(textwrap.dedent(inspect.getsource(definition))).body
    except (OSError, TypeError, ValueError, SyntaxError):  # made by a decorator, as that of a dataclass
        return None
    if not isinstance(written, ast.FunctionDef):
        return None
    arguments = written.args
    names = [*arguments.posonlyargs, *arguments.args]
    if what in ("method", "class") and names and names[0].arg in ("self", "cls"):
        (arguments.posonlyargs or arguments.args).pop(0)
    result = ast.unparse(written.returns) if written.returns and what != "class" else None
    return f"({ast.unparse(arguments)})", result
