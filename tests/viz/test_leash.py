"""The pictures of the leash."""

import pytest

from llmcourse.errors import CourseError
from llmcourse.viz.leash import leash_bars, measures


@pytest.mark.parametrize("beta", [0.05, 1, 20])
def test_bars_before_and_after(beta: float) -> None:
    reference = {"It ends well.": 0.6, "It ends badly.": 0.4}
    reward = {"It ends well.": 1.0, "It ends badly.": 0.0}
    figure = leash_bars(reference, reward, reward, beta)
    (ax,) = figure.axes
    assert len(ax.patches) == 4
    assert [patch.get_width() for patch in ax.patches[:2]] == [0.6, 0.4]
    assert ax.patches[2].get_width() > 0.6
    assert f"{beta:g}" in figure.get_suptitle()


def test_measures() -> None:
    points = [(0, 1, 0.6), (1, 2, 0.8), (2, 4, 0.1)]
    figure = measures(points, ["reward", "truth"], title="One rises, one falls", x="round", reference=("DPO", 1, 0.9))
    upper, lower = figure.axes
    assert list(upper.lines[0].get_ydata()) == [1, 2, 4]
    assert list(lower.lines[0].get_ydata()) == [0.6, 0.8, 0.1]
    assert upper.lines[0].get_linestyle() != lower.lines[0].get_linestyle()
    assert [text.get_text() for text in lower.get_legend().get_texts()] == ["DPO"]
    assert [ax.get_ylabel() for ax in figure.axes] == ["reward", "truth"]
    with pytest.raises(CourseError, match="one value for each"):
        measures(points, ["reward"], title="", x="")
