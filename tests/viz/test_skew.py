"""Pictures of skew."""

import pytest

from llmcourse.viz.skew import learned_against_injected, partings_plot, price_of_evenness, shares_by_job


def test_the_diagonal_and_a_line_for_each_series():
    figure = learned_against_injected({"drawn": [(0, 0.0), (0.6, 0.5)], "greedy": [(0, 0.0), (0.6, 1.0)]}, title="t")
    assert [line.get_label() for line in figure.axes[0].lines] == ["as injected", "drawn", "greedy"]


def test_a_row_for_each_job():
    figure = shares_by_job({"world": {"baker": 0.8, "pilot": 0.2}, "model": {"baker": 0.7, "pilot": 0.1}}, title="t")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["baker", "pilot"]


def test_a_tick_for_each_parting():
    figure = partings_plot({"a": [-1.0, 0.2, 1.0]}, {"a": 1.0}, title="t")
    ticks, diamond = figure.axes[0].collections
    assert len(ticks.get_offsets()) == 3
    assert diamond.get_offsets()[0][0] == pytest.approx(1)


def test_the_curves_are_lowest_at_the_worlds_skew():
    figure = price_of_evenness(
        {"skewed": (0.6, {"nothing": (0.6, 0.5)}), "even": (0, {"nothing": (0.6, 0.9)})}, title="t", label="l"
    )
    for line, skew in zip((line for line in figure.axes[0].lines if len(line.get_xdata()) > 2), (0.6, 0), strict=True):
        x, y = line.get_data()
        assert x[y.argmin()] == pytest.approx(skew, abs=0.02)
