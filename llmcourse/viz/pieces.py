"""A text cut into tokens, each in a box of its own: as a figure, and as HTML for a text in any script."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from llmcourse.corpus import Tokenizer
from llmcourse.viz.cells import visible
from llmcourse.viz.coloured_text import CHARACTERS, broken_into_lines, width
from llmcourse.viz.style import INK, course_style, set_title

FILLS = ("#dcecf7", "#fdebd3")  # neighbours differ in colour too, but the borders alone tell them apart


def pieces_figure(
    rows: Mapping[str, Sequence[str]], *, title: str, ids: Mapping[str, Sequence[int]] | None = None
) -> Figure:
    """Each row's tokens in bordered boxes, with its name and their number above; `ids` are written below them."""
    blocks = {name: broken_into_lines([visible(token) for token in tokens]) for name, tokens in rows.items()}
    numbered = ids is not None
    step = 1.5 if numbered else 1.0
    heights = [step * len(lines) + 0.75 for lines in blocks.values()]
    with course_style():
        figure = Figure(figsize=(11, 0.42 * sum(heights) + 0.75))
        ax = figure.subplots()
        top = 0.0
        for (name, lines), height in zip(blocks.items(), heights, strict=True):
            count = len(rows[name])
            caption = f"{name}: {count} token{'s' if count != 1 else ''}"
            ax.text(0, top + 0.3, caption, fontsize=13, fontweight="bold", va="center")
            for down, line in enumerate(lines):
                x = 0.0
                for number, token in line:
                    wide = width(token) - 0.4
                    corner, fill = (x, top + 0.65 + step * down), FILLS[number % 2]
                    ax.add_patch(Rectangle(corner, wide, 0.72, facecolor=fill, edgecolor=INK))
                    middle: dict[str, Any] = {"ha": "center", "va": "center"}
                    place = (x + wide / 2, top + 1.02 + step * down)
                    ax.text(*place, token, fontsize=12.5, family="DejaVu Sans Mono", **middle)
                    if ids is not None:
                        ax.text(place[0], place[1] + 0.62, str(ids[name][number]), fontsize=10.5, color=INK, **middle)
                    x += wide + 0.4
            top += height
        ax.set(xlim=(-0.3, CHARACTERS), ylim=(top, 0))
        ax.set_axis_off()
        set_title(figure, title)
    return figure


def pieces_html(tokenizer: Tokenizer, text: str) -> str:
    """The tokens of a text in bordered boxes, as HTML: the browser has letters for every script, a figure has not."""
    ids = tokenizer.encode(text)
    style = "display:inline-block;border:1px solid #1f2328;border-radius:4px;margin:2px;padding:1px 5px;color:#1f2328"
    boxes = [
        f'<span style="{style};background:{FILLS[place % 2]}" title="id {id}">'
        f'<code style="background:none;color:inherit">{escape(visible(token))}</code></span>'
        for place, (id, token) in enumerate(zip(ids, tokenizer.tokens(ids), strict=True))
    ]
    per_token = f", {len(text) / len(ids):.1f} characters each" if ids else ""
    summary = f"{len(ids)} tokens for {len(text)} characters{per_token}; ␣ is a space, \\x… a byte"
    return f"<div><p>{''.join(boxes)}</p><p>{summary}</p></div>"
