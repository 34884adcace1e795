import pytest
import torch
from matplotlib.patches import Rectangle

from llmcourse.errors import CourseError
from llmcourse.model import causal_mask, prefix_mask
from llmcourse.viz.flows import Flow, flows

WORDS = ["Mia", "lost", "the", "ring"]


def test_what_gets_through_is_filled_and_has_a_line() -> None:
    figure = flows({"decoder": Flow(causal_mask(4), WORDS), "all": Flow(prefix_mask(4, 4), WORDS)}, title="Two")
    matrix, other, paths, _ = figure.axes
    cells = [patch for patch in matrix.patches if isinstance(patch, Rectangle)]
    assert [cell.get_hatch() is None for cell in cells] == causal_mask(4).flatten().tolist()  # never by colour alone
    lines = [line for line in paths.lines if len(line.get_xdata()) == 2]
    assert len(lines) == int(causal_mask(4).sum())
    assert (matrix.get_title(loc="center"), other.get_title(loc="center")) == ("decoder", "all")


def test_the_chosen_token_stands_out() -> None:
    paths = flows({"d": Flow(causal_mask(4), WORDS)}, title="One", chosen=1).axes[1]
    strong = [line for line in paths.lines if len(line.get_xdata()) == 2 and line.get_alpha() == 1]
    assert len(strong) == 3
    filled = [m for m in paths.lines if m.get_marker() == "o" and m.get_markerfacecolor() != "white"]
    assert len(filled) == 3


def test_what_crosses_from_one_text_to_the_other_is_dashed() -> None:
    paths = flows({"pair": Flow(prefix_mask(2, 4), WORDS, n_read=2)}, title="One").axes[1]
    dashed = [line for line in paths.lines if line.get_linestyle() == "--"]
    assert len(dashed) == 4


def test_bad_input() -> None:
    with pytest.raises(CourseError, match=r"'d' has 4 tokens and a matrix of shape \(3, 3\): they must fit"):
        flows({"d": Flow(torch.ones(3, 3, dtype=torch.bool), WORDS)}, title="")
    with pytest.raises(CourseError, match="'d' has no token 4: its tokens are numbered from 0 to 3"):
        flows({"d": Flow(causal_mask(4), WORDS)}, title="", chosen=4)
