"""Maps, computations and the way back as pictures: what is drawn are the numbers that were computed."""

import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from llmcourse.analysis.surfaces import bent_valley, bowl
from llmcourse.errors import CourseError
from llmcourse.model import causal_mask, scaled_dot_product_attention
from llmcourse.training.autograd import Value
from llmcourse.training.backprop import softmax_backward
from llmcourse.training.descent import descend
from llmcourse.training.optimizers import SGD, Adam
from llmcourse.viz.backprop_steps import backprop_steps
from llmcourse.viz.computation import computation
from llmcourse.viz.landscape import landscape


def test_a_path_is_drawn_point_by_point_and_named_with_its_loss():
    surface = bowl(10)
    paths = {
        "SGD": descend(surface.loss, (-9, 1), lambda w: SGD(w, 0.1), 5),
        "Adam": descend(surface.loss, (-9, 1), lambda w: Adam(w, 0.1), 5),
    }
    figure = landscape(surface, paths, title="A bowl", points=21)
    ax = figure.axes[0]
    drawn = {line.get_label().split(":")[0]: line for line in ax.lines}
    for name, path in paths.items():
        assert torch.allclose(torch.tensor(drawn[name].get_xydata().tolist(), dtype=torch.float64), path.points)
        assert f"loss {path.losses[-1].item():.3g}" in drawn[name].get_label()
    assert drawn["SGD"].get_linestyle() != drawn["Adam"].get_linestyle()
    assert drawn["SGD"].get_marker() != drawn["Adam"].get_marker()
    assert any(line.get_marker() == "*" for line in ax.lines)  # the known minimum
    assert figure.get_suptitle() == "A bowl"
    FigureCanvasAgg(figure).draw()


def test_a_map_without_paths_has_no_legend():
    figure = landscape(bent_valley(), title="A valley", points=15)
    assert not figure.legends


def test_a_path_that_flies_off_can_be_drawn():
    surface = bowl(25)
    path = descend(surface.loss, (-9, 1), lambda w: SGD(w, 0.5), 50)
    figure = landscape(surface, {"too fast": path}, title="Gone", points=15)
    assert figure.axes[0].get_xlim() == (-10.5, 3.5)
    FigureCanvasAgg(figure).draw()


def test_every_value_is_in_its_box_and_every_slope_on_its_arrow():
    a, b = Value(2), Value(-3)
    c = a * b
    d = c + a
    d.backward()
    figure = computation({"a": a, "b": b, "c": c, "d": d}, title="A computation")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "a = 2\ngrad -2" in texts and "c = -6\ngrad 1" in texts
    assert sorted(text for text in texts if text.startswith("×")) == ["× -3", "× 1", "× 1", "× 2"]


def test_a_square_of_two_parents_that_are_one():
    x = Value(3)
    y = x * x
    y.backward()
    figure = computation({"x": x, "y": y}, title="A square")
    assert [text.get_text() for text in figure.axes[0].texts].count("× 3") == 2


def test_a_computation_that_cannot_be_drawn():
    x = Value(1)
    with pytest.raises(CourseError, match="not among those to draw"):
        computation({"y": x + 1}, title="Half of it")
    with pytest.raises(CourseError, match="1 to 12 values"):
        computation({}, title="Nothing")


def test_the_way_back_shows_the_numbers_of_the_formula():
    q, k, v, d_output = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0))
    mask = causal_mask(3)
    figure = backprop_steps(d_output, q, k, v, ["a", "b", "c"], mask, title="Back")
    _, weights = scaled_dot_product_attention(q, k, v, mask)
    d_scores = softmax_backward(d_output @ v.mT, weights)
    written = [text.get_text() for text in figure.axes[3].texts]
    assert written == [f"{value:.2f}" for value in d_scores[mask].tolist()]
    assert len(figure.axes[2].patches) == 3  # what the mask forbids
