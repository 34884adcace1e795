import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F

from llmcourse.model import FeedForward, ModelConfig, gelu, gelu_tanh, record, relu, relu2, swiglu
from llmcourse.model.feedforward import geglu

X = torch.linspace(-6, 6, 101)


def test_activations() -> None:
    torch.testing.assert_close(gelu(X), F.gelu(X), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(gelu_tanh(X), F.gelu(X, approximate="tanh"), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(relu(X), F.relu(X))
    torch.testing.assert_close(relu2(X), torch.where(X > 0, X * X, 0.0))
    torch.testing.assert_close(swiglu(X, X.flip(0)), F.silu(X) * X.flip(0))
    torch.testing.assert_close(geglu(X, X.flip(0)), F.gelu(X, approximate="tanh") * X.flip(0), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("activation", [gelu, gelu_tanh, relu, relu2, F.silu])
def test_huge_numbers_and_nan(activation: Callable[[torch.Tensor], torch.Tensor]) -> None:
    x = torch.tensor([-1e4, -100.0, 100.0, 1e4, math.nan])
    y = activation(x)
    torch.testing.assert_close(y[:2], torch.zeros(2), atol=1e-6, rtol=0)  # silenced
    assert (y[2:4] >= x[2:4]).all()  # let through
    assert y[:4].isfinite().all() and y[4].isnan()


def test_gelus_approximation_is_within_a_thousandth() -> None:
    assert (gelu(X) - gelu_tanh(X)).abs().max() < 1e-3


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("activation", ["gelu", "gelu_tanh", "relu", "relu2", "swiglu", "geglu"])
def test_the_layer_is_its_formula(activation: str, bias: bool) -> None:
    torch.manual_seed(0)
    layer = FeedForward(ModelConfig(vocab_size=9, d_model=8, activation=activation, bias=bias))
    x = torch.randn(2, 3, 8)
    if layer.gate is not None:
        inner = {"swiglu": swiglu, "geglu": geglu}[activation](layer.gate(x), layer.up(x))
    else:
        inner = {"gelu": gelu, "gelu_tanh": gelu_tanh, "relu": relu, "relu2": relu2}[activation](layer.up(x))
    torch.testing.assert_close(layer(x), layer.down(inner), atol=1e-6, rtol=1e-5)
    assert (layer.gate is not None) == (activation in ("swiglu", "geglu"))
    assert (layer.up.bias is not None) == bias


def test_each_position_works_on_its_own() -> None:
    layer = FeedForward(ModelConfig(vocab_size=9, d_model=8))
    x = torch.randn(1, 5, 8)
    changed = x.clone()
    changed[:, 2] += 1
    same = torch.isclose(layer(x), layer(changed), atol=1e-7).all(-1)[0]
    assert same.tolist() == [True, True, False, True, True]


@pytest.mark.parametrize("activation", ["relu", "gelu", "relu2", "swiglu"])
def test_it_is_a_sum_of_values_each_times_how_well_its_key_fits(activation: str) -> None:
    """The reading as a memory: rows of `up` are keys, columns of `down` are values."""
    layer = FeedForward(ModelConfig(vocab_size=9, d_model=8, activation=activation))
    x = torch.randn(1, 1, 8)
    with record(layer, "post") as trace, torch.no_grad():
        output = layer(x)[0, 0]
    post = trace["post"][0, 0]
    values = [post[neuron] * layer.down.weight[:, neuron] for neuron in range(len(post))]
    torch.testing.assert_close(output, torch.stack(values).sum(0), atol=1e-5, rtol=1e-5)
    if activation == "relu":
        keys = layer.up.weight
        torch.testing.assert_close(post, (keys @ x[0, 0]).clamp(min=0), atol=1e-6, rtol=1e-5)


def test_gated_layers_cost_as_much_as_the_others() -> None:
    def size(activation: str) -> int:
        layer = FeedForward(ModelConfig(vocab_size=9, d_model=48, activation=activation))  # type: ignore[arg-type]
        return sum(parameter.numel() for parameter in layer.parameters())

    assert size("swiglu") == size("geglu") == size("gelu")
