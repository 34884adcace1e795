"""bertviz's head view and model view as whole pages that need no network.

bertviz (Vig 2019, A Multiscale Visualization of Attention in the Transformer Model) returns HTML that loads three
libraries from a CDN. We take that one loading tag out and put in their place a small bundle that is part of the
course; `static/bertviz_view.js` then adds the true links, the heads' numbers and the keyboard.
"""

import json
import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import torch

from llmcourse.errors import CourseError
from llmcourse.viz.weights import AttentionMap

STATIC = Path(__file__).parent / "static"
CDN_TAG = re.compile(r"<script src=[^>]*></script>")
CDN_ADDRESS = re.compile(r"'https://cdnjs[^']*'")  # told to RequireJS, whose place we take
VIEW_ID = re.compile(r"bertviz-[0-9a-f]{32}")  # random; not needed, as each of our views has a page of its own
MOST_LINES = 150_000  # what a browser draws without making one wait
BOX_HEIGHT = "7 * (12 / config.totalHeads)"  # bertviz's height of a token in a small drawing: huge where heads are few

HEAD_HELP = (
    "Left: the token that looks. Right: the tokens it looks at; the more solid the line, the larger the weight. "
    "Point at a token to see its lines alone. Press a numbered square to switch a head off or on; "
    "double-click it to see that head alone."
)
MODEL_HELP = (
    "A row for each layer, a column for each head. "
    "Press one to see it large, with its tokens; press it again to close it."
)


@cache
def static(name: str) -> str:
    """The text of a file that ships with the views."""
    return (STATIC / name).read_text(encoding="utf-8")


def head_view_page(attention: AttentionMap, layer: int, links: list[tuple[int, int]], title: str, alt: str) -> str:
    """The head view: all heads of one layer at a time, another layer by menu; `links` between `attention.tokens`."""
    from bertviz import head_view

    check_size(attention, "head view")
    html = head_view(
        rounded(attention),
        attention.labels,
        layer=attention.layers.index(layer),
        prettify_tokens=False,
        html_action="return",
    )
    return page(html.data, "head view", attention, links, title, HEAD_HELP, alt)


def model_view_page(attention: AttentionMap, title: str, alt: str) -> str:
    """The model view: every head of every layer as a small drawing."""
    from bertviz import model_view

    check_size(attention, "model view")
    html = model_view(
        rounded(attention), attention.labels, display_mode="light", prettify_tokens=False, html_action="return"
    )
    return page(html.data, "model view", attention, [], title, MODEL_HELP, alt)


def check_size(attention: AttentionMap, kind: str) -> None:
    """Raises CourseError for a view that would hold up the browser, with a size that fits."""
    layers, heads, n, _ = attention.weights.shape
    lines = layers * heads * n * n
    if lines > MOST_LINES:
        fitting = int((MOST_LINES / (layers * heads)) ** 0.5) - attention.before
        raise CourseError(
            f"a {kind} of {layers} layers × {heads} heads × {n} tokens draws {lines:,} lines, too many for a browser: "
            f"take at most {fitting} tokens, or choose fewer with layers=[…] and heads=[…]"
        )


def rounded(attention: AttentionMap) -> list[torch.Tensor]:
    """One [1, head, query, key] tensor for each layer. Rounded in float64, 0.123 is written as just that."""
    return list(attention.weights.double().round(decimals=3).unsqueeze(1))


def page(
    bertviz: str, kind: str, attention: AttentionMap, links: list[tuple[int, int]], title: str, help: str, alt: str
) -> str:
    """bertviz's own output, made whole: a page that asks for nothing outside itself."""
    html, n_tags = CDN_TAG.subn("", bertviz)
    parts = re.fullmatch(r"(.*?)<script[^>]*>(.*)</script>\s*", html, flags=re.DOTALL)
    if n_tags != 1 or parts is None:
        raise CourseError("this release of bertviz writes another kind of page: use bertviz 1.4")
    html, script = parts.groups()
    return whole_page(html, with_own_numbers(script, attention), kind, attention, links, title, help, alt)


def whole_page(
    html: str,
    script: str,
    kind: str,
    attention: AttentionMap,
    links: list[tuple[int, int]],
    title: str,
    help: str,
    alt: str,
    **more: Any,
) -> str:
    """A page with bertviz's part of the body and its script; `more` is what `bertviz_view.js` has to know besides."""
    settings = {
        "kind": kind,
        "alt": alt,
        "links": links,
        "tokens": len(attention.tokens),
        "layers": attention.layers,
        "heads": attention.heads,
        **more,
    }
    return Template(static("bertviz_view.html")).substitute(
        title=escape(title),
        help=escape(help),
        width={"head view": "narrow", "neuron view": "wide"}.get(kind, ""),
        bertviz_html=VIEW_ID.sub("bertviz", html),
        links_html=links_html(attention, links),
        settings=script_safe(json.dumps(settings, ensure_ascii=False)),
        libraries=static("bertviz_libraries.js"),
        bertviz_script=script_safe(script),
        view_script=static("bertviz_view.js"),
    )


def with_own_numbers(script: str, attention: AttentionMap) -> str:
    """bertviz's script, told which layers and heads it shows, without its second copy of the data (in a comment)."""
    before, line, after = re.split(r"(const params = .*)\n", CDN_ADDRESS.sub("''", script))
    params, _ = json.JSONDecoder().raw_decode(line.removeprefix("const params = "))
    params["root_div_id"] = "bertviz"
    if params.get("layer") is not None:
        params["layer"] = attention.layers[params["layer"]]
    params["include_layers"] = attention.layers
    if "include_heads" in params:
        params["include_heads"] = attention.heads
    data = json.dumps(params, ensure_ascii=False, separators=(",", ":"))
    after = after.replace(BOX_HEIGHT, f"Math.min({BOX_HEIGHT}, 230 / {len(attention.tokens)})")
    return f"{before}const params = {data};\n{after}"


def links_html(attention: AttentionMap, links: list[tuple[int, int]]) -> str:
    """What the dashed lines mean, and all of them in words."""
    if not links:
        return ""
    labels = [escape(label) for label in attention.labels]
    items = "".join(f"<li>{labels[query]} → {labels[key]}</li>" for query, key in links)
    dashes = '<path d="M0 4H34" stroke="#1f2328" stroke-width="2" stroke-dasharray="7 5"/>'
    sign = f'<svg width="34" height="8" aria-hidden="true">{dashes}</svg>'
    return f"<aside><h2>{sign} The story's true links</h2><ul>{items}</ul></aside>"


def script_safe(code: str) -> str:
    """Code or JSON that may stand in a <script>: no token can end it early."""
    return code.replace("</", "<\\/").replace("<!--", "<\\!--")
