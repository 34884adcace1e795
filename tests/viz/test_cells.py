import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from llmcourse.errors import CourseError
from llmcourse.viz.cells import as_matrix, token_heatmap, visible

TOKENS = ["<bos>", "Mia", "ran"]
CAUSAL = [[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.5, 0.125, 0.375]]


def labels(figure) -> tuple[list[str], list[str]]:
    ax = figure.axes[0]
    return [t.get_text() for t in ax.get_xticklabels()], [t.get_text() for t in ax.get_yticklabels()]


def test_tokens_stand_on_both_axes() -> None:
    assert labels(token_heatmap(CAUSAL, TOKENS)) == (TOKENS, TOKENS)


def test_cross_attention_has_other_tokens_below() -> None:
    figure = token_heatmap([[0.5, 0.5]], ["ran"], key_tokens=["Mia", "lief"])
    assert labels(figure) == (["Mia", "lief"], ["ran"])


def test_masked_cells_stay_empty_and_small_matrices_show_their_numbers() -> None:
    ax = token_heatmap(CAUSAL, TOKENS).axes[0]
    assert ax.images[0].get_array().mask.tolist() == [[False, True, True], [False, False, True], [False, False, False]]
    assert [text.get_text() for text in ax.texts] == ["1.00", ".25", ".75", ".50", ".12", ".38"]


def test_links_are_outlined_and_explained_without_colour() -> None:
    figure = token_heatmap(CAUSAL, TOKENS, links=[(2, 1)])
    assert [(patch.get_x(), patch.get_y()) for patch in figure.axes[0].patches] == [(0.5, 1.5)]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["outlined: the story's true link"]
    assert not token_heatmap(CAUSAL, TOKENS).legends


def test_a_tensor_with_a_gradient_can_be_drawn() -> None:
    weights = torch.tensor(CAUSAL, requires_grad=True)
    assert as_matrix(weights).tolist() == np.float32(CAUSAL).tolist()


@pytest.mark.parametrize("tokens", [["Mia"], ["Mia", "ran", ".", "x"]])
def test_tokens_must_fit_the_matrix(tokens: list[str]) -> None:
    with pytest.raises(CourseError, match="they must fit"):
        token_heatmap(CAUSAL, tokens)


def test_several_heads_at_once_are_refused() -> None:
    with pytest.raises(CourseError, match=r"not shape \[4, 3, 3\]: pick one head"):
        token_heatmap(torch.zeros(4, 3, 3), TOKENS)


def test_invisible_tokens_get_a_sign() -> None:
    assert visible(" ") == "␣"
    assert visible("\n") == "⏎"
    assert visible("Mia") == "Mia"


@pytest.mark.parametrize("n", [1, 2, 12, 70])
def test_nothing_is_cut_off(n: int) -> None:
    """Every label lies inside the picture, from one token to a whole story."""
    weights = np.tril(np.ones((n, n))) / np.arange(1, n + 1)[:, None]
    figure = token_heatmap(weights, ["grandmother"] * n, title="A title that is too long for one line " * 3)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    ax = figure.axes[0]
    for text in [*ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label, figure._suptitle]:
        box = text.get_window_extent(renderer)
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width, text.get_text()
        assert 0 <= box.y0 < box.y1 <= figure.bbox.height, text.get_text()
