"""A widget to play with: type a text, choose a layer and a head, and see where the model looks.

Python computes, on every change that the browser reports. Bad input is answered in the widget: an unknown word is a
line of text there, not a traceback. (The other such widget, `NextWordView`, can be imported from here too.)
"""

from typing import Any

import traitlets

from llmcourse.corpus import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT
from llmcourse.viz.bertviz_page import static
from llmcourse.viz.cells import token_heatmap
from llmcourse.viz.next_word import NextWordView
from llmcourse.viz.style import Picture, checked_alt
from llmcourse.viz.weights import AttentionMap, read_attention, true_links
from llmcourse.viz.widget import PictureWidget, message_picture

__all__ = ["AttentionExplorer", "NextWordView"]

MOST_TOKENS = 128  # a heat map of more cannot be read


class AttentionExplorer(PictureWidget):
    """Type a text, choose a layer and a head, and see who looks at whom.

    With a `world`, the true links of its stories are outlined. Without a kernel one sees the picture of `text`.
    """

    _esm = static("common.js") + static("explorer.js")
    _css = static("widgets.css")

    text = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)
    head = traitlets.Int().tag(sync=True)
    n_layers = traitlets.Int().tag(sync=True)
    n_heads = traitlets.Int().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)  # one trait, so that the browser never sees half an answer

    def __init__(
        self,
        model: GPT,
        tokenizer: Tokenizer,
        text: str,
        world: Any = None,
        *,
        layer: int = 0,
        head: int = 0,
        alt: str | None = None,
    ):
        """Raises CourseError when the model has no such layer or head."""
        n_layers, n_heads = model.config.n_layers, model.config.n_heads
        if not (0 <= layer < n_layers and 0 <= head < n_heads):
            raise CourseError(
                f"there is no head {layer}.{head}: layers run from 0 to {n_layers - 1}, heads from 0 to {n_heads - 1}"
            )
        alt = alt or (
            "Attention explorer: a heat map of one head's attention weights for a text that you can change, "
            "with menus for the layer and the head."
        )
        self._model, self._tokenizer, self._world = model, tokenizer, world
        self._attention: AttentionMap | None = None
        self._links: list[tuple[int, int]] = []
        super().__init__(text=text, layer=layer, head=head, n_layers=n_layers, n_heads=n_heads, alt=checked_alt(alt))
        self._read()
        self.observe(self._read, "text")
        self.observe(self._show, ["layer", "head"])

    def _read(self, _: Any = None) -> None:
        """The text is new: compute all weights once, or say what is wrong with it and keep what was there."""
        try:
            attention = read_attention(self._model, self._tokenizer, self.text)
            if len(attention.tokens) > MOST_TOKENS:
                raise CourseError(f"{len(attention.tokens)} tokens are too many to show: write at most {MOST_TOKENS}")
        except CourseError as problem:
            self._show(message=str(problem))
            return
        self._attention = attention
        self._links = attention.shifted(true_links(self._world, self.text)) if self._world is not None else []
        self._show()

    def _show(self, _: Any = None, message: str = "") -> None:
        """Send the chosen head to the browser."""
        labels, rows = [], []
        if self._attention is not None:
            labels = self._attention.labels
            weights = self._attention.head(self.layer, self.head)
            # An exact 0 is what a mask makes of a weight; the browser leaves it empty.
            rows = [[None if weight == 0 else round(weight, 3) for weight in row] for row in weights.tolist()]
        self.shown = {
            "text": self.text,
            "layer": self.layer,
            "head": self.head,
            "tokens": labels,
            "rows": rows,
            "links": self._links,
            "message": message,
        }

    def picture(self) -> Picture:
        if self._attention is None:
            return message_picture(self.shown["message"], self.alt)
        weights = self._attention.head(self.layer, self.head)
        title = f"Layer {self.layer}, head {self.head}: where each token looks"
        return Picture.of(token_heatmap(weights, self._attention.tokens, title=title, links=self._links), self.alt)
