"""What is drawn is what was given: maps, hands, arrows, and lines through the right points."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.viz.positions import accuracy_by_position, clock_hands, position_maps, turning_pair
from llmcourse.viz.style import Picture


def test_maps_keep_their_numbers_and_leave_out_what_is_not_finite() -> None:
    half = torch.eye(4).masked_fill(torch.ones(4, 4, dtype=torch.bool).triu(1), -torch.inf)
    figure = position_maps({"eye": torch.eye(4), "half": half, "flat": torch.zeros(4, 4)}, title="maps", trained=2)
    eye, lower, flat = (ax.images[0].get_array() for ax in figure.axes)
    assert np.array_equal(eye, np.eye(4))
    assert lower.mask.sum() == 6
    assert flat.max() == 0
    assert all(len(ax.lines) == 2 for ax in figure.axes)
    Picture.of(figure, "it can be drawn")


def test_no_map() -> None:
    with pytest.raises(CourseError, match="there is no map to draw"):
        position_maps({}, title="none")


def test_hands_end_where_the_formula_says() -> None:
    figure = clock_hands([0, 3], d_model=4, title="hands")
    ends = [ax.lines[1].get_xydata()[0].tolist() for ax in figure.axes]
    angles = [0, 0, 3, 0.03]
    assert ends == [pytest.approx([math.cos(angle), math.sin(angle)], abs=1e-5) for angle in angles]


@settings(max_examples=15)
@given(query_at=st.integers(0, 20), key_at=st.integers(0, 20), shift=st.integers(0, 50))
def test_the_score_in_the_title_depends_on_the_distance_alone(query_at: int, key_at: int, shift: int) -> None:
    def told(figure: object) -> str:
        return figure.get_suptitle().split(": ")[1]  # type: ignore[attr-defined]

    assert told(turning_pair(query_at, key_at)) == told(turning_pair(query_at + shift, key_at + shift))


def test_the_example_in_the_text() -> None:
    assert "3 apart, score +0.50" in turning_pair(7, 4).get_suptitle()


def test_lines_go_through_the_means_of_runs_and_places() -> None:
    runs = torch.tensor([[0.0, 0.2, 1.0, 1.0], [0.4, 0.6, 1.0, 1.0]])
    unasked = torch.tensor([torch.nan, 0.5, 0.5, 0.5])
    figure = accuracy_by_position(
        {"a": runs}, title="lines", trained=2, chance=0.1, without_order=("bag", unasked), bin_width=2
    )
    line, bag = figure.axes[0].lines[:2]
    assert line.get_xydata().tolist() == [pytest.approx([1, 0.3]), pytest.approx([3, 1])]
    assert bag.get_ydata().tolist() == [0.5, 0.5]
    Picture.of(figure, "it can be drawn")
