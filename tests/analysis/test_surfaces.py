"""Maps of two numbers: their minimum is where they say, and the dials of a model do what they say."""

import pytest
import torch

from llmcourse.analysis.surfaces import Surface, bent_valley, bowl, lowest, measured, two_dials
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss


def point(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.parametrize("surface", [bowl(25), bent_valley()], ids=["bowl", "bent valley"])
def test_the_minimum_is_where_it_is_said_to_be(surface):
    at = point(*surface.minimum).requires_grad_()
    loss = surface.loss(at)
    loss.backward()
    assert loss.item() == 0 and not at.grad.any()
    left, right, bottom, top = surface.window
    assert left < surface.minimum[0] < right and bottom < surface.minimum[1] < top


def test_a_bowl_has_the_curvatures_that_it_is_asked_for():
    hessian = torch.autograd.functional.hessian(bowl(9).loss, point(3, -2))
    assert hessian.tolist() == [[1, 0], [0, 9]]
    with pytest.raises(CourseError, match="at least 1"):
        bowl(0.5)


@pytest.fixture(scope="module")
def dials():
    model = GPT(ModelConfig(vocab_size=11, context=8, d_model=16, n_layers=2, n_heads=2)).initialize(0)
    ids = torch.randint(11, (3, 8), generator=torch.Generator().manual_seed(0))
    batch = Batch(ids, ids.roll(-1, 1))
    return model, batch, two_dials(model, batch)


def test_both_dials_at_one_are_the_model_itself(dials):
    model, batch, surface = dials
    with torch.no_grad():
        as_trained = causal_lm_loss(model(batch.ids), batch.targets).item()
        assert surface.loss(point(1, 1)).item() == pytest.approx(as_trained, abs=1e-6)
        silent = surface.loss(point(3, 0)).item()
        assert silent == pytest.approx(surface.loss(point(0.5, 0)).item(), abs=1e-6)  # unheard, sharpness is nothing
        assert silent != pytest.approx(as_trained, abs=1e-4)


def test_the_measured_map_has_the_values_of_its_grid_and_gradients_between(dials):
    *_, surface = dials
    grid = measured(surface, points=9)
    left, _, bottom, _ = surface.window
    with torch.no_grad():
        for at in ((left, bottom), (1.25, 1.25), (2.5, 0.0)):
            assert grid.loss(point(*at)).item() == pytest.approx(surface.loss(point(*at)).item(), abs=1e-5)
    inside = point(0.7, 0.9).requires_grad_()
    grid.loss(inside).backward()
    slope = (grid.loss(inside.detach() + point(1e-5, 0)) - grid.loss(inside.detach() - point(1e-5, 0))) / 2e-5
    assert inside.grad[0].item() == pytest.approx(slope.item(), rel=1e-3, abs=1e-6)
    x, y, loss = lowest(grid, 9)
    assert loss <= grid.loss(point(1.25, 1.25)).item()
    assert 0 <= x <= 2.5 and 0 <= y <= 2.5


def test_a_loss_of_zero_cannot_be_measured():
    with pytest.raises(CourseError, match="above 0 everywhere"):
        measured(Surface(lambda w: w.sum() * 0, (0, 1, 0, 1)), points=3)
