"""Pruning: exactly so many zeros, the smallest first, PyTorch's own pruning, and neurons that are really gone."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune

from llmcourse.errors import CourseError
from llmcourse.model import GPT
from llmcourse.model.pruning import block_linears, magnitude_mask, pruned, pruned_bytes, without_neurons
from llmcourse.model.quantized import weight_bytes


@given(rows=st.integers(1, 5), columns=st.integers(1, 6), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_exactly_so_many_and_none_that_is_larger_than_one_that_stays(
    rows: int, columns: int, share: float, seed: int
) -> None:
    weight = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)).round(decimals=1)  # with ties
    mask = magnitude_mask(weight, share)
    assert (~mask).sum() == round(share * weight.numel())
    if mask.any() and not mask.all():
        assert weight[~mask].abs().max() <= weight[mask].abs().min()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_pytorch_prunes_the_same(share: float) -> None:
    linear = nn.Linear(20, 10)
    mask = magnitude_mask(linear.weight.detach(), share)
    prune.l1_unstructured(linear, "weight", amount=share)
    assert torch.equal(linear.weight_mask.bool() if share else torch.ones_like(mask), mask)


def test_a_pruned_model(make_model: Callable[..., GPT]) -> None:
    model = make_model(d_model=64)
    before = model.blocks[0].feedforward.up.weight.clone()
    small = pruned(model, 0.75)
    assert torch.equal(model.blocks[0].feedforward.up.weight, before)  # a copy was changed
    for _, linear in block_linears(small):
        assert (linear.weight == 0).float().mean() == pytest.approx(0.75)
    assert pruned_bytes(small) < 0.7 * weight_bytes(model)
    assert weight_bytes(small) == weight_bytes(model)  # as they lie in memory, zeros take the same room
    with pytest.raises(CourseError, match="share=1.2"):
        pruned(model, 1.2)


def test_neurons_that_do_nothing_are_not_missed(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with torch.no_grad():
        for block in model.blocks:
            block.feedforward.down.weight[:, ::2] = 0
    ids = torch.arange(6)[None]
    small = without_neurons(model, 0.5)
    torch.testing.assert_close(small(ids), model(ids))
    assert small.blocks[0].feedforward.up.out_features == model.config.ff_width // 2
    for share in (1, -0.1):
        with pytest.raises(CourseError, match="neurons cannot"):
            without_neurons(model, share)
    with pytest.raises(CourseError, match="gate"):
        without_neurons(make_model(activation="swiglu"), 0.5)


def test_biases_go_along(make_model: Callable[..., GPT]) -> None:
    model = make_model(bias=True)
    with torch.no_grad():
        for block in model.blocks:
            block.feedforward.up.bias.normal_()
            block.feedforward.down.bias.normal_()
            block.feedforward.down.weight[:, 1::2] = 0
    ids = torch.arange(6)[None]
    torch.testing.assert_close(without_neurons(model, 0.5)(ids), model(ids))
