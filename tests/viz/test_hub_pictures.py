"""The pictures of notebook 24 show what they are given."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz.lens import lens_table
from llmcourse.viz.name_table import name_table
from llmcourse.viz.pairings import pairings
from llmcourse.viz.tolerance import tolerance


def texts(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_every_name_is_there():
    figure = name_table([("c_attn", ["q", "k", "v"], True), ("ln", ["norm"], False)], title="Names")
    assert {"c_attn", "q", "k", "v", "ln", "norm"} <= set(texts(figure))
    assert texts(figure).count("turned") == 1
    assert len(figure.axes[0].lines) == 4


def test_every_number_and_arc():
    figure = pairings({"a": ([0, 1, 2, 3], [(0, 1), (2, 3)]), "b": ([0, 2, 1, 3], [(0, 2), (1, 3)])}, title="Pairs")
    assert [len(ax.lines) for ax in figure.axes] == [2, 2]
    assert texts(figure)[:4] == ["0", "1", "2", "3"]


def test_above_and_below_look_different():
    figure = tolerance({"fine": 1e-7, "zero": 0.0, "bad": 0.3}, title="Differences")
    dots = [line for line in figure.axes[0].lines if line.get_marker() in "os"]
    assert [dot.get_marker() for dot in dots] == ["o", "o", "s"]


def test_the_lens_says_the_likeliest_word():
    logits = torch.zeros(2, 3, 4)
    logits[0, :, 1], logits[1, :, 3] = 5, 9
    figure = lens_table(logits, ["a", "b", "c"], ["w", "x", "y", "z"], title="Lens")
    assert texts(figure)[:12:2] == ["x"] * 3 + ["z"] * 3
    assert texts(figure)[1] == "98%"
    with pytest.raises(CourseError, match="2 tokens, and logits for 3"):
        lens_table(logits, ["a", "b"], ["w", "x", "y", "z"], title="Lens")
