"""What all widgets of the course share: alive in a notebook with a kernel, a picture with alt text everywhere else."""

from typing import Any

import anywidget
import traitlets
from matplotlib.figure import Figure

from llmcourse.viz.style import Picture, course_style


class PictureWidget(anywidget.AnyWidget):
    """A widget that knows how to draw itself as a still picture.

    A notebook stores the picture beside the live view. Front ends take the best they may show: a fresh clone is not
    trusted and has no kernel, so there, on GitHub and in exported HTML, it is the picture. (A plain HTML output would
    be shown *instead* of the picture, with its scripts removed: an empty box.)
    """

    alt = traitlets.Unicode().tag(sync=True)  # says the same in words; also the widget's text/plain, always the same

    def picture(self) -> Picture:
        """What the widget shows now."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live, live_metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        still, still_metadata = self.picture()._repr_mimebundle_()
        return {**live, **still}, {**live_metadata, **still_metadata}

    def __repr__(self) -> str:
        return self.alt


def message_picture(message: str, alt: str) -> Picture:
    """A picture of one line of text, where there is nothing to draw."""
    with course_style():
        figure = Figure(figsize=(9, 0.8))
        figure.text(0.01, 0.5, f"! {message}", fontsize=14, va="center", wrap=True)
    return Picture.of(figure, alt)
