"""The numbers in the picture are those of the formula, and what is drawn longest is what weighs most."""

from collections.abc import Iterable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from llmcourse.model import causal_mask, scaled_dot_product_attention
from llmcourse.viz.attention_steps import KEYS, attention_steps, query_among_keys

TOKENS = ["Mia", "lost", "her", "ring"]
Q, K = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(0))
V = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0], [0.5, 0.5]])
MASK = causal_mask(4)


def numbers(figure: Figure, step: int) -> list[str]:
    return [text.get_text() for text in figure.axes[step].texts]


def as_written(matrix: torch.Tensor) -> list[str]:
    return [f"{value:.2f}" for value in matrix.flatten().tolist()]


def test_the_steps_lead_from_scores_to_the_output() -> None:
    figure = attention_steps(Q, K, V, TOKENS)
    output, weights = scaled_dot_product_attention(Q, K, V)
    for step, matrix in enumerate([Q @ K.T / 5**0.5, weights, V, output]):
        assert numbers(figure, step) == as_written(matrix)
        image: Any = figure.axes[step].images[0]
        assert image.get_array().shape == matrix.shape
        assert [label.get_text() for label in figure.axes[step].get_yticklabels()] == TOKENS
    columns = [[label.get_text() for label in ax.get_xticklabels()] for ax in figure.axes]
    assert columns == [TOKENS, TOKENS, ["dim 0", "dim 1"], ["dim 0", "dim 1"]]


def test_what_the_mask_forbids_is_hatched_and_has_no_number() -> None:
    figure = attention_steps(Q, K, V, TOKENS, MASK, title="Nobody looks ahead")
    _, weights = scaled_dot_product_attention(Q, K, V, MASK)
    for step, matrix in enumerate([Q @ K.T / 5**0.5, weights]):
        assert numbers(figure, step) == as_written(matrix[MASK])
        patches: list[Any] = list(figure.axes[step].patches)
        hatched = {(patch.get_y() + 0.5, patch.get_x() + 0.5) for patch in patches}
        assert hatched == {(query, key) for query in range(4) for key in range(4) if key > query}
        assert {patch.get_hatch() for patch in patches} == {"///"}
    assert not figure.axes[2].patches and not figure.axes[3].patches
    assert figure.get_suptitle() == "Nobody looks ahead"


def test_tensors_with_a_gradient_can_be_drawn() -> None:
    q = Q.clone().requires_grad_()
    assert numbers(attention_steps(q, K, V, TOKENS), 0) == numbers(attention_steps(Q, K, V, TOKENS), 0)


def outside(figure: Figure, texts: Iterable[Text]) -> list[str]:
    """Those of the texts that the edge of the picture cuts off."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = {text.get_text(): text.get_window_extent(canvas.get_renderer()) for text in texts if text.get_text()}
    width, height = figure.bbox.width, figure.bbox.height
    return [text for text, box in boxes.items() if min(box.x0, box.y0) < 0 or box.x1 > width or box.y1 > height]


def test_no_title_is_cut_off() -> None:
    figure = attention_steps(Q[:3], K[:3], V[:3], TOKENS[:3])
    assert outside(figure, [ax.title for ax in figure.axes]) == []


def shares(figure: Figure) -> dict[str, float]:
    """What the bars of `query_among_keys` say."""
    ax = figure.axes[1]
    names = [label.get_text() for label in ax.get_yticklabels()]
    return dict(zip(names, (bar.get_width() for bar in ax.containers[0]), strict=True))


@settings(max_examples=8)
@given(st.floats(-360, 720), st.floats(0.2, 8))
def test_the_key_nearest_to_the_query_gets_most(angle: float, length: float) -> None:
    figure = query_among_keys(angle, length)
    drawn = shares(figure)
    away = {name: abs((angle - key + 180) % 360 - 180) for name, key in KEYS.items()}
    assert sum(drawn.values()) == pytest.approx(1)
    assert drawn[min(away, key=away.__getitem__)] == pytest.approx(max(drawn.values()))
    best = figure.get_suptitle().split("“")[1].rstrip("”")
    assert drawn[best] == max(drawn.values())


def test_a_longer_query_decides_more() -> None:
    best = [shares(query_among_keys(35.0, length))["who"] for length in (0.0, 1.0, 2.0, 4.0)]
    assert best[0] == 0.25
    assert best == sorted(set(best))


@pytest.mark.parametrize(("angle", "length"), [(0.0, 0.5), (35.0, 2.0), (90.0, 4.0), (180.0, 4.0), (305.0, 3.0)])
def test_every_word_of_the_plane_lies_inside_the_picture(angle: float, length: float) -> None:
    figure = query_among_keys(angle, length)
    assert outside(figure, figure.axes[0].texts) == []


def test_two_texts_have_labels_of_their_own() -> None:
    figure = attention_steps(torch.eye(2), torch.ones(3, 2), torch.ones(3, 4), ["a", "b"], key_tokens=["x", "y", "z"])
    labels = [[[t.get_text() for t in axis.get_ticklabels()] for axis in (ax.yaxis, ax.xaxis)] for ax in figure.axes]
    assert labels[0] == labels[1] == [["a", "b"], ["x", "y", "z"]]
    assert labels[2][0] == ["x", "y", "z"]
    assert labels[3][0] == ["a", "b"]
