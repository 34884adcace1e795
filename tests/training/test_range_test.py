"""The range test finds the edge, and leaves the model as it was."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.training.optimizers import SGD, AdamW
from llmcourse.training.range_test import range_test


def test_it_rises_by_equal_factors_and_leaves_the_model_alone(make_model, make_batches):
    model = make_model()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    found = range_test(model, make_batches(), lambda p: AdamW(p), lowest=1e-4, highest=1e-2, steps=9)
    assert found.rates[0] == pytest.approx(1e-4) and found.rates[-1] == pytest.approx(1e-2)
    factors = [b / a for a, b in zip(found.rates, found.rates[1:], strict=False)]
    assert factors == pytest.approx([factors[0]] * 8)
    assert all(map(torch.equal, before, model.parameters()))
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not found.came_apart


def test_it_stops_where_training_comes_apart(make_model, make_batches):
    found = range_test(make_model(), make_batches(), lambda p: SGD(p, lr=0), lowest=1e-2, highest=1e4, steps=60)
    assert found.came_apart
    assert len(found.rates) < 60
    assert found.suggestion == pytest.approx(found.lowest_at / 3)
    assert found.lowest_at in found.rates


@pytest.mark.parametrize("wrong", [{"lowest": 0.0}, {"lowest": 2.0, "highest": 1.0}, {"steps": 1}])
def test_rates_that_make_no_range(make_model, make_batches, wrong):
    with pytest.raises(CourseError, match="needs 0 < lowest < highest"):
        range_test(make_model(), make_batches(), lambda p: AdamW(p), **wrong)
