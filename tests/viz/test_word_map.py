"""The map shows the directions in which words differ most, and says how much it leaves out."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz.style import Picture
from llmcourse.viz.word_map import flattened, word_map


def test_a_flat_table_loses_nothing() -> None:
    flat = torch.randn(10, 2, generator=torch.Generator().manual_seed(0)) @ torch.tensor([[1.0, 0, 1], [0, 1, 0]])
    places, share = flattened(flat)
    assert share == pytest.approx(1)
    torch.testing.assert_close(torch.cdist(places, places), torch.cdist(flat, flat), atol=1e-4, rtol=1e-4)


def test_the_largest_differences_come_first() -> None:
    table = torch.diag(torch.tensor([9.0, 3.0, 1.0, 0.1]))
    places, share = flattened(table)
    assert places[:, 0].std() > places[:, 1].std()
    assert 0.9 < share < 1


def test_every_word_has_a_point_and_a_name() -> None:
    kinds = {"women": ["Mia", "Zoe"], "men": ["Tom", "Ben"]}
    figure = word_map({"one": torch.randn(4, 5), "other": torch.randn(4, 5)}, kinds, title="words")
    for ax in figure.axes:
        assert [text.get_text() for text in ax.texts] == ["Mia", "Zoe", "Tom", "Ben"]
        assert [len(points.get_offsets()) for points in ax.collections] == [2, 2]
    Picture.of(figure, "it can be drawn")


def test_bad_input() -> None:
    with pytest.raises(CourseError, match=r"a map of \(2, 5\) needs three words"):
        flattened(torch.randn(2, 5))
    with pytest.raises(CourseError, match=r"2 words need as many vectors, not a table of \(3, 5\)"):
        word_map({"t": torch.randn(3, 5)}, {"women": ["Mia", "Zoe"]}, title="words")
    assert flattened(torch.ones(4, 3))[1] == 0  # no differences at all
