"""Pictures of costs and of efficient attention: what they say, and what they refuse."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz.growth import growth, online_steps, reach_picture, share_tables


def test_growth_names_each_slope():
    figure = growth({"bytes": {"square": {1: 1, 2: 4, 4: 16}, "line": {1: 3, 2: 6, 4: 12}}}, title="Slopes")
    words = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert words == ["square: slope 2.0", "line: slope 1.0"]
    with pytest.raises(CourseError, match="at most 6"):
        growth({"bytes": {str(n): {1: 1, 2: 2} for n in range(7)}}, title="Too many")


def test_reach_is_counted_on_the_axis():
    figure = reach_picture(torch.tensor([[0.0, 1, 1], [1, 1, 1]]), title="Reach", window=2)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["1 layer: 2", "2 layers: 3"]


def test_online_steps_show_the_quotient():
    figure = online_steps([0, 1], [4, 2], [(0, 1, 4), (1, 2, 5)], title="By hand")
    assert "2.5" in [text.get_text() for text in figure.axes[0].texts]


def test_share_tables_side_by_side():
    figure = share_tables({"one": torch.eye(3), "two": torch.full((3, 3), 1 / 3)}, title="Shares")
    assert [ax.get_title(loc="left") or ax.get_title() for ax in figure.axes] == ["one", "two"]
