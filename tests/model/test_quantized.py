"""Weights in few bits: never off by more than half a step, and what is not quantized stays as it is."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.inference import generate
from llmcourse.model import GPT
from llmcourse.model.quantized import QuantizedLinear, dequantize, quantize, quantized, weight_bytes


@given(
    rows=st.integers(1, 5), columns=st.integers(1, 7), bits=st.integers(2, 8), per_row=st.booleans(),
    size=st.sampled_from([1e-6, 1.0, 1e4]), seed=st.integers(0, 99),
)  # fmt: skip
def test_no_weight_is_off_by_more_than_half_a_step(
    rows: int, columns: int, bits: int, per_row: bool, size: float, seed: int
) -> None:
    weight = size * torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))
    whole, scale = quantize(weight, bits, per_row)
    assert scale.shape == ((rows, 1) if per_row else (1, 1))
    most = 2 ** (bits - 1) - 1
    assert whole.abs().max() == most  # the largest weight is met
    off = (dequantize(whole, scale) - weight).abs()
    assert (off <= scale * (0.5 + 1e-4)).all()
    again, _ = quantize(dequantize(whole, scale), bits, per_row)
    assert torch.equal(again, whole)


def test_zeros_stay_zeros_and_nan_is_told() -> None:
    whole, scale = quantize(torch.tensor([[0.0, 0.0], [1.0, -2.0]]))
    assert whole.tolist() == [[0, 0], [64, -127]]
    assert scale[0].item() == 1.0
    for bad in (float("nan"), float("inf")):
        with pytest.raises(CourseError, match="NaN or an infinity"):
            quantize(torch.tensor([[1.0, bad]]))
    with pytest.raises(CourseError, match="bits=9"):
        quantize(torch.ones(1, 1), bits=9)


def test_a_layer_computes_with_the_weights_it_stands_for() -> None:
    linear, x = nn.Linear(6, 4), torch.randn(2, 3, 6)
    layer = QuantizedLinear(linear)
    expected = x @ dequantize(*quantize(linear.weight.detach())).T + linear.bias
    torch.testing.assert_close(layer(x), expected.detach())
    assert layer.stored == 24 + 16 + 16
    assert QuantizedLinear(linear, bits=4).stored == 12 + 16 + 16


def test_a_model_in_a_quarter_of_the_room(make_model: Callable[..., GPT]) -> None:
    model = make_model(d_model=64)
    small = quantized(model)
    assert weight_bytes(model) == 4 * sum(parameter.numel() for parameter in model.parameters())
    assert weight_bytes(small) < 0.35 * weight_bytes(model)
    assert all(isinstance(module, nn.Linear) for name, module in model.named_modules() if name.endswith("w_q"))
    ids = torch.arange(8)[None]
    with torch.no_grad():
        difference = (small(ids) - model(ids)).abs().max() / model(ids).abs().max()
        assert 0 < difference < 0.05
        rough = (quantized(model, bits=3)(ids) - model(ids)).abs().max() / model(ids).abs().max()
    assert rough > difference
    assert generate(small, ids, 4).shape == (1, 12)


def test_a_tied_matrix_stays_as_it_is(make_model: Callable[..., GPT]) -> None:
    small = quantized(make_model(tie_embeddings=True))
    assert isinstance(small.unembedding, nn.Linear)
    assert small.unembedding.weight is small.token_embedding.weight
