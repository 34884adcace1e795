"""Who looks at whom: attention as heat maps, and bertviz's head, model and neuron views, without a network.

    head_view(model, tokenizer, "Mia found a ring. She smiled.")      # one layer at a time, line by line
    model_view(model, tokenizer, …)                                   # every head of every layer
    neuron_view(model, tokenizer, …, layer=2, head=1)                 # one head: query, keys and their products
    heatmap(attention.head(2, 1), attention.tokens)                   # one head as a matrix

A view is alive where a kernel runs and the notebook is trusted; everywhere else (on GitHub, on paper, in a fresh
clone) one sees its picture, and who cannot see reads its alt text.
"""

import os
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import traitlets

from llmcourse.corpus import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT
from llmcourse.viz.bertviz_page import head_view_page, model_view_page, static
from llmcourse.viz.cells import Links, token_heatmap
from llmcourse.viz.neuron_page import neuron_view_page
from llmcourse.viz.neuron_picture import neuron_alt, neuron_picture
from llmcourse.viz.pictures import head_alt, head_picture, heatmap_alt, model_alt, model_picture
from llmcourse.viz.style import Picture, checked_alt
from llmcourse.viz.weights import AttentionMap, read_attention, read_neurons
from llmcourse.viz.widget import PictureWidget


class AttentionView(PictureWidget):
    """A page of bertviz's in a frame. As the last value of a cell it shows itself."""

    _esm = static("frame.js")
    page = traitlets.Unicode().tag(sync=True)  # the whole HTML page that the frame shows

    def __init__(self, page: str, alt: str, draw: Callable[[], Picture]):
        super().__init__(page=page, alt=checked_alt(alt))
        self._draw = draw
        self._picture: Picture | None = None

    def picture(self) -> Picture:
        if self._picture is None:
            self._picture = self._draw()
        return self._picture


def head_view(
    model: GPT,
    tokenizer: Tokenizer,
    text: str,
    links: Links | None = None,
    *,
    layer: int | None = None,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    title: str = "Head view: where each token looks",
    alt: str | None = None,
) -> AttentionView:
    """bertviz's head view: lines from each token to those it looks at, all heads of a layer, another layer by menu.

    `links`: true links to lay over the weights, as (later, earlier) positions of the text's own tokens, first token 0;
        `story.links()` and `true_links(world, text)` give them.
    `layer`: the one to begin with, and the one in the still picture; the first if not given.
    `layers`, `heads`: show only these.

    Raises CourseError for a text that the model cannot read and for one too long to draw.
    """
    attention = read_attention(model, tokenizer, text).only(layers, heads)
    pairs = attention.shifted(links)
    layer = attention.layers[0] if layer is None else layer
    attention.head(layer, attention.heads[0])  # says so if there is no such layer
    alt = checked_alt(alt or head_alt(attention, layer, bool(pairs)))
    page = head_view_page(attention, layer, pairs, title, alt)
    return AttentionView(page, alt, lambda: head_picture(attention, layer, pairs, title, alt))


def model_view(
    model: GPT,
    tokenizer: Tokenizer,
    text: str,
    links: Links | None = None,
    *,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    title: str = "Model view: every head of every layer",
    alt: str | None = None,
) -> AttentionView:
    """bertviz's model view: a small drawing for every head of every layer; a click enlarges one.

    `links` are outlined in the still picture. Otherwise as `head_view`.
    """
    attention = read_attention(model, tokenizer, text).only(layers, heads)
    pairs = attention.shifted(links)
    alt = checked_alt(alt or model_alt(attention, bool(pairs)))
    page = model_view_page(attention, title, alt)
    return AttentionView(page, alt, lambda: model_picture(attention, pairs, title, alt))


def neuron_view(
    model: GPT,
    tokenizer: Tokenizer,
    text: str,
    links: Links | None = None,
    *,
    layer: int | None = None,
    head: int | None = None,
    token: int = -1,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    title: str = "Neuron view: how a query and the keys make the weights",
    alt: str | None = None,
) -> AttentionView:
    """bertviz's neuron view: for one token, its query, all keys, their products number by number, score and weight.

    Queries and keys are those after query-key norm and rotation: their dot product over √d_head is the score.

    `layer`, `head`: those to begin with, and those of the still picture; the first if not given.
    `token`: whose query to begin with, as a position of the text's own tokens, first token 0; the last if not given.
    `links`: the token's true links, if it has any, are outlined. Otherwise as `head_view`.
    """
    neurons = read_neurons(model, tokenizer, text).only(layers, heads)
    attention = neurons.attention
    pairs = attention.shifted(links)
    layer = attention.layers[0] if layer is None else layer
    head = attention.heads[0] if head is None else head
    attention.head(layer, head)  # says so if there is no such head
    words = len(attention.tokens) - attention.before
    if not -words <= token < words:
        raise CourseError(f"there is no token {token}: the text's tokens are numbered from 0 to {words - 1}")
    query = token % words + attention.before
    alt = checked_alt(alt or neuron_alt(neurons, layer, head, query, any(pair[0] == query for pair in pairs)))
    page = neuron_view_page(neurons, layer, head, query, pairs, title, alt)
    return AttentionView(page, alt, lambda: neuron_picture(neurons, layer, head, query, pairs, title, alt))


def heatmap(
    weights: Any,
    tokens: Sequence[str],
    *,
    title: str = "Where each token looks",
    alt: str | None = None,
    links: Links | None = None,
    links_label: str = "the story's true link",
    key_tokens: Sequence[str] | None = None,
) -> Picture:
    """One head's weights [query, key] as coloured cells, with `links` (positions of `tokens`) outlined.

    `key_tokens`: the tokens looked at, where they are not those that look (cross-attention).
    As the last value of a cell it shows itself. Raises CourseError when tokens and weights do not fit.
    """
    links = list(links or ())
    alt = alt or heatmap_alt(len(tokens), len(tokens if key_tokens is None else key_tokens), bool(links))
    figure = token_heatmap(weights, tokens, key_tokens=key_tokens, title=title, links=links, links_label=links_label)
    return Picture.of(figure, alt)


def attention_page(
    model: GPT,
    tokenizer: Tokenizer,
    text: str,
    path: str | os.PathLike[str],
    links: Links | None = None,
    *,
    title: str = "Where a language model looks",
) -> Path:
    """Write one HTML file with the head view, the model view and a heat map; it needs no network. Returns its path.

    The heat map shows the head that follows the `links` most or, without any, the one that looks most decidedly at
    words other than itself. Raises CourseError as `head_view`, and when the file cannot be written.
    """
    attention = read_attention(model, tokenizer, text)
    pairs = attention.shifted(links)
    first = attention.layers[0]
    head_words, model_words = head_alt(attention, first, bool(pairs)), model_alt(attention, bool(pairs))
    layer, head, why = telling_head(attention, pairs)
    n = len(attention.tokens)
    heading = f"Layer {layer}, head {head}: {why}"
    page = Template(static("attention_page.html")).substitute(
        title=escape(title),
        text=escape(text),
        head_page=escape(head_view_page(attention, first, pairs, "Head view: one layer at a time", head_words)),
        head_alt=escape(head_words),
        head_picture=head_picture(attention, first, pairs, "Head view", head_words).data_url,
        model_page=escape(model_view_page(attention, "Model view: every head of every layer", model_words)),
        model_alt=escape(model_words),
        model_picture=model_picture(attention, pairs, "Model view", model_words).data_url,
        heatmap=heatmap(attention.head(layer, head), attention.tokens, title=heading, links=pairs).data_url,
        heatmap_alt=escape(heatmap_alt(n, n, bool(pairs))),
        script=static("frame.js"),
    )
    target = Path(path)
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as problem:
        raise CourseError(f"cannot write {target}: {problem.strerror or problem}") from None
    return target


def telling_head(attention: AttentionMap, links: Sequence[tuple[int, int]]) -> tuple[int, int, str]:
    """The head most worth a picture of its own, as (layer, head, why)."""
    weights = attention.weights  # layer head query key
    if links:
        queries, keys = zip(*links, strict=True)
        score = weights[:, :, queries, keys].mean(dim=-1)  # layer head
        why = f"of all heads it follows the true links most, with {float(score.max()):.0%} of the weight"
    else:
        others = weights[:, :, attention.before :, attention.before :].clone()
        others.diagonal(dim1=-2, dim2=-1).zero_()
        score = others.amax(dim=-1).mean(dim=-1)
        why = "of all heads it looks most decidedly at single other words"
    row, column = divmod(int(score.argmax()), score.shape[1])
    return attention.layers[row], attention.heads[column], why
