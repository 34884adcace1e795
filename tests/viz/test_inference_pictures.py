"""The roofline and the timeline show what they are given."""

import pytest

from llmcourse.analysis.roofline import Machine, decoding_cost
from llmcourse.errors import CourseError
from llmcourse.inference.timeline import continuous_stays, static_stays
from llmcourse.model.published import GPT2_SMALL
from llmcourse.viz.roofline import roofline
from llmcourse.viz.timeline import timeline
from llmcourse.viz.verdict import verdict_bars


def test_a_roof_and_the_points_below_it():
    machine = Machine(2e10, 1e11)
    costs = [decoding_cost(GPT2_SMALL, batch, 10) for batch in (1, 4, 16)]
    figure = roofline(costs, machine, {"measured": [(1, 20.0), (16, 100.0)]}, title="t")
    memory, arithmetic, roof, points = figure.axes[0].lines
    for low, high, lowest in zip(memory.get_ydata(), arithmetic.get_ydata(), roof.get_ydata(), strict=True):
        assert lowest == min(low, high)
    assert list(points.get_ydata()) == [20.0, 100.0]
    with pytest.raises(CourseError, match="at least one batch"):
        roofline([], machine, {}, title="t")


def test_one_box_for_each_text():
    lengths = [5, 2, 3, 4]
    plans = {"static": static_stays(lengths, 2), "continuous": continuous_stays(lengths, 2)}
    figure = timeline(plans, 2, title="t")
    for ax, stays in zip(figure.axes, plans.values(), strict=True):
        assert len(ax.patches) == 2 + len(stays)  # two slots, and the texts
        assert {text.get_text() for text in ax.texts} >= {"1", "2", "3", "4"}
    with pytest.raises(CourseError, match="slots 0 to 0"):
        timeline(plans, 1, title="t")


def test_kept_missing_and_refused_make_both_distributions():
    p, q = {"a": 0.5, "b": 0.3, "c": 0.2}, {"a": 0.2, "b": 0.7, "c": 0.1}
    kept, missing, refused = verdict_bars(p, q, title="t").axes[0].containers
    for place, word in enumerate(p):
        assert abs(kept[place].get_height() + missing[place].get_height() - p[word]) < 1e-9
        assert abs(kept[place].get_height() + refused[place].get_height() - q[word]) < 1e-9
    with pytest.raises(CourseError, match="the same words"):
        verdict_bars(p, {"a": 1.0}, title="t")
