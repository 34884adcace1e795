"""The plots of runs and laws."""

import pytest

from llmcourse.analysis.scaling import ScalingLaw
from llmcourse.viz.scaling import law_plot, log_curves, short


def test_a_marker_for_each_run_and_a_line_for_each_law_and_size():
    law = ScalingLaw(1, 10, 0.5, 10, 0.5)
    runs = [(n, d, law.loss(n, d)) for n in (10, 20) for d in (100, 200, 400)]
    ax = law_plot(runs, {"one": law, "two": law}, floor=1, title="t").axes[0]
    markers = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert [len(line.get_xdata()) for line in markers if line.get_marker() in "os"] == [3, 3]
    assert sum(len(line.get_xdata()) == 60 for line in ax.lines) == 4
    assert ax.get_xscale() == "log"


def test_points_beside_lines():
    ax = log_curves({"a": [(1, 2), (10, 3)]}, points={"b": [(5, 1)]}, title="t", x="x", y="y", bottom=0).axes[0]
    assert ax.get_ylim()[0] == 0
    assert len(ax.lines) == 2


@pytest.mark.parametrize(("value", "word"), [(100, "100"), (2e6, "2M"), (3e12, "3T"), (1e20, "$10^{20}$")])
def test_short_numbers(value, word):
    assert short(value) == word
