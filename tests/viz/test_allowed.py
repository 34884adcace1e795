import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.model.masks import causal_mask
from llmcourse.viz.allowed import allowed


def test_one_dot_for_each_pair_that_is_allowed():
    figure = allowed({"causal": causal_mask(3), "nobody else": torch.eye(3).bool()}, ["a", "b", "c"], title="t")
    assert [len(ax.lines) for ax in figure.axes] == [6, 3]
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["causal", "nobody else"]


def test_a_mask_that_does_not_fit():
    with pytest.raises(CourseError, match="the mask 'causal' is 3 × 3, but there are 2 tokens"):
        allowed({"causal": causal_mask(3)}, ["a", "b"], title="t")
