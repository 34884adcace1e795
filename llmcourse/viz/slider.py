"""A slider over pictures: move it, and see the same thing at another moment.

    PictureSlider("training step", snapshots.steps, lambda step: picture_of(snapshots.model_at(step)), alt="…")

Python draws a picture when the slider first comes to it, and keeps it. Without a kernel one sees the picture at which
the slider began.
"""

from collections.abc import Callable, Sequence
from typing import Any

import traitlets
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.bertviz_page import static
from llmcourse.viz.style import Picture, checked_alt
from llmcourse.viz.widget import PictureWidget


class PictureSlider(PictureWidget):
    """A slider with the arrow keys of any slider, and below it the picture that `draw` makes of the chosen value."""

    _esm = static("common.js") + static("slider.js")
    _css = static("widgets.css")

    label = traitlets.Unicode().tag(sync=True)
    values = traitlets.List(traitlets.Unicode()).tag(sync=True)
    place = traitlets.Int().tag(sync=True)  # which of the values is chosen
    shown = traitlets.Dict().tag(sync=True)  # {place, image, width, description}: never half a change

    def __init__(self, label: str, values: Sequence[Any], draw: Callable[[Any], Figure], *, alt: str, place: int = -1):
        """`draw(value)` returns a figure; `place` is where the slider begins, counted from the end if negative.

        Raises CourseError when there are no values, or no such place.
        """
        self._values, self._draw = list(values), draw
        if not -len(self._values) <= place < len(self._values):
            raise CourseError(f"a slider over {len(self._values)} values cannot begin at place {place}")
        self._pictures: dict[int, Picture] = {}
        names = [f"{value:,}" if isinstance(value, int) else str(value) for value in self._values]
        super().__init__(label=label, values=names, place=place % len(self._values), alt=checked_alt(alt))
        self._show()
        self.observe(self._show, "place")

    def _show(self, _: Any = None) -> None:
        picture = self.picture()
        self.shown = {
            "place": self.place,
            "image": picture.data_url,
            "width": picture.width,
            "description": picture.alt,
        }

    def picture(self) -> Picture:
        if self.place not in self._pictures:
            figure = self._draw(self._values[self.place])
            self._pictures[self.place] = Picture.of(figure, self.alt, colours=64)
        return self._pictures[self.place]
