import io

import matplotlib as mpl
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.figure import Figure
from PIL import Image

from llmcourse.errors import CourseError
from llmcourse.viz import style
from llmcourse.viz.style import COLOURS, Picture, course_style, readable_on, show, use_style


def figure() -> Figure:
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 2, 3])
    return figure


def test_a_figure_is_shown_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Picture] = []
    monkeypatch.setattr(style, "display", shown.append)
    show(figure(), alt="A line\n   that rises.")
    data, metadata = DisplayFormatter().format(shown[0])
    assert data["text/plain"] == "A line that rises."
    assert metadata["image/png"] == {"alt": "A line that rises.", "width": 240}
    assert data["image/png"].startswith("iVBOR")  # a PNG, in base64


def test_a_shown_figure_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import pyplot

    monkeypatch.setattr(style, "display", lambda picture: None)
    figure, _ = pyplot.subplots()
    show(figure, alt="Empty axes.")
    assert not pyplot.fignum_exists(figure.number)


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_picture_without_words_is_refused(alt: str) -> None:
    with pytest.raises(CourseError, match="needs alt text"):
        Picture(b"", alt, 1)


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert Picture.of(figure(), "x").png == Picture.of(figure(), "x").png


def test_twice_the_pixels_in_at_most_256_colours() -> None:
    with Image.open(io.BytesIO(Picture.of(figure(), "x").png)) as image:
        assert image.size == (480, 320)
        assert image.mode == "P"


def test_a_picture_can_be_saved(tmp_path) -> None:
    picture = Picture.of(figure(), "x")
    picture.save(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes() == picture.png


def test_library_code_leaves_the_settings_of_its_caller_alone() -> None:
    before = dict(mpl.rcParams)
    with course_style():
        assert mpl.rcParams["font.size"] == 14
    assert dict(mpl.rcParams) == before


def test_use_style_sets_the_look_for_good() -> None:
    with mpl.rc_context():
        use_style()
        assert mpl.rcParams["image.cmap"] == "viridis"
        assert mpl.rcParams["font.size"] == 14


def test_numbers_in_cells_can_be_read_on_both_ends_of_the_scale() -> None:
    viridis = mpl.colormaps["viridis"]
    assert readable_on(viridis(0.0)) == "white"
    assert readable_on(viridis(1.0)) != "white"


def luminance(colour: str) -> float:
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in mpl.colors.to_rgb(colour)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def test_every_colour_stands_out_from_white() -> None:
    for name, colour in COLOURS.items():
        assert 1.05 / (luminance(colour) + 0.05) > 2.1, name
