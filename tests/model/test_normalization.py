import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.model import LayerNorm, ModelConfig, RMSNorm, layer_norm, rms_norm
from llmcourse.model.normalization import make_norm


def both(width: int, bias: bool) -> list[tuple[torch.nn.Module, torch.nn.Module]]:
    """Ours and PyTorch's, with the same weights, in double precision."""
    pairs = [
        (LayerNorm(width, bias=bias).double(), torch.nn.LayerNorm(width, bias=bias).double()),
        (RMSNorm(width).double(), torch.nn.RMSNorm(width, eps=1e-6).double()),
    ]
    for ours, theirs in pairs:
        for parameter in ours.parameters():
            torch.nn.init.normal_(parameter)
        theirs.load_state_dict(ours.state_dict())
    return pairs


@given(width=st.integers(1, 9), size=st.sampled_from([1e-4, 1.0, 1e4]), bias=st.booleans(), seed=st.integers(0, 9))
def test_values_and_gradients_are_pytorchs(width: int, size: float, bias: bool, seed: int) -> None:
    torch.manual_seed(seed)
    for ours, theirs in both(width, bias):
        x = (torch.randn(2, 3, width, dtype=torch.float64) * size).requires_grad_()
        y = x.detach().clone().requires_grad_()
        torch.testing.assert_close(ours(x), theirs(y))
        upstream = torch.randn(2, 3, width, dtype=torch.float64)
        ours(x).backward(upstream)
        theirs(y).backward(upstream)
        torch.testing.assert_close(x.grad, y.grad)
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(mine.grad, other.grad)


def test_what_each_one_fixes() -> None:
    x = torch.randn(4, 5, 64) * 7 + 3
    centred = LayerNorm(64)(x)
    torch.testing.assert_close(centred.mean(-1), torch.zeros(4, 5), atol=1e-5, rtol=0)
    torch.testing.assert_close(centred.var(-1, correction=0), torch.ones(4, 5), atol=1e-4, rtol=0)
    scaled = RMSNorm(64)(x)
    torch.testing.assert_close(scaled.square().mean(-1), torch.ones(4, 5), atol=1e-4, rtol=0)
    assert scaled.mean().abs() > 0.1  # nothing was subtracted


@pytest.mark.parametrize("norm", [LayerNorm(8), RMSNorm(8)])
def test_no_nan_for_constant_vectors(norm: torch.nn.Module) -> None:
    x = torch.zeros(2, 8, requires_grad=True)
    norm(x).sum().backward()
    assert norm(x).isfinite().all()
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_the_config_chooses() -> None:
    layernorm = make_norm(ModelConfig(vocab_size=9, norm="layernorm", bias=True))
    assert isinstance(layernorm, LayerNorm)
    assert layernorm.bias is not None
    assert make_norm(ModelConfig(vocab_size=9, norm="layernorm")).bias is None
    assert isinstance(make_norm(ModelConfig(vocab_size=9)), RMSNorm)


def test_without_bias_nothing_is_added() -> None:
    x = torch.randn(3, 8)
    torch.testing.assert_close(LayerNorm(8, bias=False)(x), F.layer_norm(x, (8,)), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3, 6e4, 1e18])
def test_the_size_of_the_input_does_not_matter(size: float, dtype: torch.dtype) -> None:
    """Squares of what a 16-bit float can hold do not fit into one."""
    x = (torch.tensor([1.0, -2.0, 6.0, 3.0]) / 6 * size).to(dtype)
    if not x.isfinite().all():
        return  # more than this type can hold to begin with
    ones = torch.ones(4, dtype=dtype)
    for ours, theirs in ((layer_norm(x, ones, eps=1e-12), F.layer_norm), (rms_norm(x, ones, eps=1e-12), F.rms_norm)):
        right = theirs(x.double(), (4,), eps=1e-12)
        assert ours.dtype == dtype
        torch.testing.assert_close(ours.double(), right, atol=0.01, rtol=0.01)


@pytest.mark.parametrize("value", [0.0, 3.0, -1e4])
def test_a_constant_vector_has_nothing_but_its_bias(value: float) -> None:
    bias = torch.tensor([1.0, 2.0, 3.0, 4.0])
    torch.testing.assert_close(layer_norm(torch.full((2, 4), value), torch.ones(4), bias), bias.expand(2, 4))


@given(factor=st.floats(0.01, 1000), shift=st.floats(-100, 100), seed=st.integers(0, 5))
def test_what_a_norm_forgets(factor: float, shift: float, seed: int) -> None:
    x = torch.randn(3, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)) + 0.1
    ones = torch.ones(6, dtype=torch.float64)
    moved = layer_norm(factor * x + shift, ones, eps=1e-20)
    torch.testing.assert_close(moved, layer_norm(x, ones, eps=1e-20), atol=1e-6, rtol=1e-6)
    scaled = rms_norm(factor * x, ones, eps=1e-20)
    torch.testing.assert_close(scaled, rms_norm(x, ones, eps=1e-20), atol=1e-6, rtol=1e-6)
