import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz.sense_map import sense_map
from llmcourse.viz.style import Picture


def test_every_occurrence_has_a_point_and_every_meaning_its_marker() -> None:
    meanings = ["money", "river", "money", "river"]
    layers = {"embedded": torch.ones(4, 5), "layer 1": torch.randn(4, 5)}
    figure = sense_map(layers, meanings, title="bank")
    drawn = [ax for ax in figure.axes if ax.collections]
    assert [[len(points.get_offsets()) for points in ax.collections] for ax in drawn] == [[2, 2], [2, 2]]
    assert "all in one point" in drawn[0].get_title(loc="left")
    paths = [points.get_paths()[0].vertices.shape for points in drawn[1].collections]
    assert paths[0] != paths[1]  # another shape, not only another colour
    Picture.of(figure, "it can be drawn")


def test_a_meaning_for_each() -> None:
    with pytest.raises(CourseError, match="3 meanings for 4 vectors of layer 1"):
        sense_map({"layer 1": torch.randn(4, 5)}, ["a", "b", "a"], title="bank")
