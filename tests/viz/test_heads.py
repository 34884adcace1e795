"""Pictures of many heads: what they say can be read off the figure."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz.heads import cut_picture, one_mean, pattern_table, share_table


def texts(figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_scores_in_multiples_of_no_preference() -> None:
    scores = {"same word": torch.tensor([[0.1, 0.2], [0.3, 0.4]]), "induction": torch.tensor([[0.5, 0.0], [0.0, 0.0]])}
    figure = pattern_table({"trained": scores, "untrained": scores}, {"same word": 0.1, "induction": 0.25}, title="T")
    assert texts(figure) == ["1.0", "2.0", "3.0", "4.0", "2.0", "0.0", "0.0", "0.0"] * 2
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0.0", "0.1", "1.0", "1.1"]
    framed = {tuple(patch.get_xy()) for patch in figure.axes[0].patches}
    assert framed == {(2.5, -0.5), (-0.5, 0.5)}


def test_a_table_without_baseline_or_model() -> None:
    with pytest.raises(CourseError, match="the pattern 'induction' has no baseline"):
        pattern_table({"m": {"induction": torch.zeros(1, 1)}}, {}, title="T")
    with pytest.raises(CourseError, match="there is no model to show"):
        pattern_table({}, {}, title="T")


def test_shares_of_several_layers() -> None:
    figure = share_table({"one": torch.tensor([[0.4, 0.6]]), "two": torch.eye(2)}, ["here", "there"], title="T")
    assert texts(figure) == ["0.40", "0.60", "1.00", "0.00", "0.00", "1.00"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["one", "two, head 0", "two, head 1"]


@pytest.mark.parametrize(("share", "title"), [(0.5, "50% of a and 50% of b"), (0.9, "99% of a and 1% of b")])
def test_one_mean_tells_half_of_two(share: float, title: str) -> None:
    figure = one_mean(share)
    assert title in figure.get_suptitle()
    of_a, of_b = (line.get_ydata() for line in figure.axes[0].lines[:2])
    assert abs(of_a + of_b - 1).max() < 1e-12


def test_where_the_numbers_of_a_cut_come_from() -> None:
    x = torch.arange(4.0).view(1, 2, 2)
    figure = cut_picture(["Mia", "lost"], 2, {"wrong": x.view(1, 2, 2, 1)[0]})
    assert texts(figure) == ["M0", "M1", "l0", "l1", "M0", "M1", "l0", "l1"]
    assert [ax.get_title() for ax in figure.axes][1:] == ["wrong\nhead 0", "wrong\nhead 1"]
