import pytest
import torch
import torch.nn.functional as F

from llmcourse.model import FeedForward, ModelConfig, gelu, relu2, swiglu

X = torch.linspace(-6, 6, 101)


def test_activations() -> None:
    torch.testing.assert_close(gelu(X), F.gelu(X), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(relu2(X), torch.where(X > 0, X * X, 0.0))
    torch.testing.assert_close(swiglu(X, X.flip(0)), F.silu(X) * X.flip(0))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("activation", ["gelu", "relu2", "swiglu"])
def test_the_layer_is_its_formula(activation: str, bias: bool) -> None:
    torch.manual_seed(0)
    layer = FeedForward(ModelConfig(vocab_size=9, d_model=8, activation=activation, bias=bias))
    x = torch.randn(2, 3, 8)
    if layer.gate is not None:
        inner = swiglu(layer.gate(x), layer.up(x))
    else:
        inner = {"gelu": gelu, "relu2": relu2}[activation](layer.up(x))
    torch.testing.assert_close(layer(x), layer.down(inner), atol=1e-6, rtol=1e-5)
    assert (layer.gate is not None) == (activation == "swiglu")
    assert (layer.up.bias is not None) == bias


def test_each_position_works_on_its_own() -> None:
    layer = FeedForward(ModelConfig(vocab_size=9, d_model=8))
    x = torch.randn(1, 5, 8)
    changed = x.clone()
    changed[:, 2] += 1
    same = torch.isclose(layer(x), layer(changed), atol=1e-7).all(-1)[0]
    assert same.tolist() == [True, True, False, True, True]
