"""One look for every picture of the course, and the one way to show it: with words for those who cannot see it.

Magnitudes are drawn in viridis, whose lightness grows with the value, so it survives colour blindness and a
black-and-white printer. Categories take the colours of Okabe and Ito, and never colour alone: a line has its own
dashes or marker, a bar its own hatching.
"""

import base64
import io
import math
import os
import sys
import textwrap
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from cycler import cycler
from IPython.display import display
from matplotlib.figure import Figure
from PIL import Image

from llmcourse.errors import CourseError

MAGNITUDE = "viridis"  # small to large
MAGNITUDE_ALTERNATIVE = "cividis"  # where two magnitudes stand side by side

INK = "#1f2328"
QUIET = "#6a7178"

# Masataka Okabe and Kei Ito (2008), Color Universal Design; their yellow is left out, too pale on white.
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "blue": "#0072b2",
        "vermilion": "#d55e00",
        "green": "#009e73",
        "purple": "#cc79a7",
        "orange": "#e69f00",
        "sky": "#56b4e9",
        "black": "#000000",
    }
)
PALETTE = tuple(COLOURS.values())

DISPLAY_DPI = 80  # how many CSS pixels an inch of a figure takes on the page …
PIXEL_RATIO = 2.0  # … and how many real pixels stand behind each of them, so that type is sharp on any screen

STYLE: Any = MappingProxyType(  # Any: matplotlib lists every key it knows in its types
    {
        "figure.figsize": (9, 4.5),
        "figure.dpi": DISPLAY_DPI,
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
        "font.size": 14,
        "axes.titlesize": 16,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "figure.constrained_layout.h_pad": 0.08,
        "figure.constrained_layout.w_pad": 0.08,
        "axes.titlepad": 12,
        "axes.labelsize": 14,
        "axes.labelcolor": INK,
        "axes.edgecolor": QUIET,
        "axes.linewidth": 1.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=PALETTE),
        "grid.color": "#e3e6e8",
        "image.cmap": MAGNITUDE,
        "legend.fontsize": 13,
        "legend.frameon": False,
        "lines.linewidth": 2.2,
        "lines.markersize": 7,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 13,
        "ytick.labelsize": 13,
        "hatch.linewidth": 1.2,
    }
)


def use_style() -> None:
    """Make every figure from here on look like the course's. `begin()` does this in the first cell of a notebook."""
    mpl.rcParams.update(STYLE)
    mpl.rcParams["figure.max_open_warning"] = 0  # `show` closes what it shows


def course_style() -> AbstractContextManager[None]:
    """The same look, but only inside a `with` block: for library code, which must not change its caller's settings."""
    return mpl.rc_context(dict(STYLE))


def readable_on(rgba: tuple[float, float, float, float]) -> str:
    """White or ink, whichever can be read on this colour: for numbers written into the cells of a matrix."""
    red, green, blue = rgba[:3]
    return "white" if math.sqrt(0.299 * red**2 + 0.587 * green**2 + 0.114 * blue**2) < 0.6 else INK


def set_title(figure: Figure, title: str) -> None:
    """The title, which states the finding, at the top left; a long one goes on in the next line."""
    letters_per_line = round(figure.get_figwidth() * 7.2)
    lines = [textwrap.fill(line, letters_per_line) for line in title.splitlines()]
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=16, fontweight="bold")


class Picture:
    """A finished picture: PNG bytes and the words that stand for it (`alt`).

    As the last value of a cell it shows itself. Its `text/plain` is the alt text, not an address in memory, so a
    notebook that is executed again does not change.
    """

    def __init__(self, png: bytes, alt: str, width: int):
        self.png = png
        self.alt = checked_alt(alt)
        self.width = width

    @classmethod
    def of(cls, figure: Figure, alt: str, *, pixel_ratio: float = PIXEL_RATIO, colours: int = 256) -> "Picture":
        """Draws the figure and closes it. Fewer pixels or colours make a smaller file where a figure is crowded."""
        alt = checked_alt(alt)
        buffer = io.BytesIO()
        with course_style():
            figure.savefig(buffer, format="png", dpi=DISPLAY_DPI * pixel_ratio, metadata={"Software": None})
        if "matplotlib.pyplot" in sys.modules:  # only pyplot keeps figures open
            sys.modules["matplotlib.pyplot"].close(figure)
        return cls(small_png(buffer.getvalue(), colours), alt, width=round(figure.get_figwidth() * DISPLAY_DPI))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the PNG file."""
        Path(path).write_bytes(self.png)

    @property
    def data_url(self) -> str:
        """The picture as an address that holds all of it, for the `src` of an `<img>`."""
        return f"data:image/png;base64,{self._base64}"

    @property
    def _base64(self) -> str:
        return base64.b64encode(self.png).decode("ascii")

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/png": self._base64, "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "width": self.width}}

    def __repr__(self) -> str:
        return self.alt


def small_png(png: bytes, colours: int = 256) -> bytes:
    """The same picture in at most that many colours: a third of the size, so that notebooks stay small."""
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGB").quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        small.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def checked_alt(alt: str) -> str:
    """The alt text on one line. Raises CourseError where there is none: some readers have nothing but the words."""
    alt = " ".join(alt.split()) if isinstance(alt, str) else ""
    if not alt:
        raise CourseError('a picture needs alt text: alt="what it shows and what follows from it"')
    return alt


def show(figure: Figure, *, alt: str) -> None:
    """Display a figure with its alt text, then close it.

    `alt` says in a sentence or two what the picture shows and what follows from it. It is stored in the notebook and
    compared when notebooks are tested, so it should not quote numbers that another machine would compute differently.
    Raises CourseError when `alt` is empty.
    """
    display(Picture.of(figure, alt))
