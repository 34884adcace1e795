"""The pictures of chapter 01: numbers that do not add up are refused, the rest is drawn."""

import pytest
import torch

from llmcourse.corpus.cleaning.lsh import chance_to_meet
from llmcourse.errors import CourseError
from llmcourse.viz.estimates import estimates_plot
from llmcourse.viz.s_curve import even_chance, measured_points, s_curve
from llmcourse.viz.spread import spread
from llmcourse.viz.stages import by_stage
from llmcourse.viz.style import Picture
from llmcourse.viz.waterfall import Step, waterfall


def test_waterfall_draws_every_part():
    figure = waterfall(("crawl", 10), [Step("spam", 3, 1, 6), Step("copies", 2, 0, 4)], title="t",
                       parts={"crawl": {"good": 5, "bad": 5}, "spam": {"good": 4, "bad": 2}})  # fmt: skip
    (ax,) = figure.axes
    widths = sorted(bar.get_width() for bar in ax.patches)
    assert widths == [1, 2, 2, 3, 4, 4, 5, 5]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["crawl", "spam", "copies"]
    Picture.of(figure, "alt")


def test_waterfall_counts():
    with pytest.raises(CourseError, match="after 'spam': 10 less 3 and 1 is not 7"):
        waterfall(("crawl", 10), [Step("spam", 3, 1, 7)], title="t")
    with pytest.raises(CourseError, match="parts of 'crawl' must sum to 10"):
        waterfall(("crawl", 10), [], title="t", parts={"crawl": {"good": 3}})
    Picture.of(waterfall(("crawl", 0), [], title="nothing"), "alt")


@pytest.mark.parametrize(("bands", "rows"), [(1, 1), (32, 4), (3, 40)])
def test_even_chance_is_even(bands, rows):
    assert chance_to_meet(even_chance(bands, rows), bands, rows) == pytest.approx(0.5)


def test_measured_points():
    signatures = torch.tensor([[1, 2], [1, 2], [3, 4], [3, 9]])
    points = measured_points(signatures, {(0, 1): 1.0, (2, 3): 0.95, (0, 2): 0.0}, bands=1, rows=2)
    assert points == [(0.0, 0.0, 1), (pytest.approx(0.975), 0.5, 2)]
    populations = {"a": [0.1], "b": [0.9]}
    Picture.of(s_curve(1, 2, points, populations=populations, threshold=0.5), "alt")
    Picture.of(s_curve(20, 5), "alt")


def test_spread():
    Picture.of(spread({"a": [0.1, 0.2], "b": [1.0]}, title="t", x="x", marks={0.5: "here"}), "alt")
    with pytest.raises(CourseError, match="one or two populations"):
        spread({"a": []}, title="t", x="x")


def test_by_stage():
    figure = by_stage({"p": {"one": 0.1, "two": 0.5}}, title="t", y="y", references={"floor": 0.05}, percent=True)
    assert [line.get_label() for line in figure.axes[0].lines] == ["p", "floor"]
    with pytest.raises(CourseError, match="same stages"):
        by_stage({"p": {"one": 1}, "r": {"two": 1}}, title="t", y="y")


def test_estimates():
    figure = estimates_plot({"a": 0.5}, {"ours": {"a": 0.4}, "theirs": {"a": 0.6}}, numbers=16, title="t")
    assert len(figure.axes) == 2
    with pytest.raises(CourseError, match="'ours' has no estimate for 'b'"):
        estimates_plot({"b": 0.5}, {"ours": {"a": 0.4}}, numbers=16, title="t")
