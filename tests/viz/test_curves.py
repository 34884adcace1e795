"""Curves that can be told apart without colour."""

from llmcourse.viz.curves import LOOKS, curves


def test_curves_have_names_dashes_and_markers_of_their_own() -> None:
    series = {name: [(0, 1.0), (10, value)] for name, value in zip("abcdef", range(6), strict=True)}
    figure = curves(series, title="Six", x="step", y="loss", references={"floor": 0.5}, marks={4: "here"}, top=3)
    (ax,) = figure.axes
    drawn = [line for line in ax.lines if line.get_label() in series]
    assert [line.get_label() for line in drawn] == list(series)
    assert len({(line.get_marker(), line.get_linestyle()) for line in drawn}) == len(LOOKS)
    assert [text.get_text() for text in ax.texts] == ["here"]
    assert "floor" in [line.get_label() for line in ax.lines]
    assert ax.get_ylim() == (0, 3)


def test_a_logarithmic_axis_shows_all_points() -> None:
    figure = curves({"growth": [(0, 1e-8), (1, 1.0), (2, 1e6)]}, title="", x="block", y="size", log=True)
    ax = figure.axes[0]
    assert ax.get_yscale() == "log"
    assert ax.get_ylim()[0] < 1e-8 and ax.get_ylim()[1] > 1e6
