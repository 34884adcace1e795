"""PyTorch's encoder layer and ours, with the same weights: the same numbers."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model.torch_block import block_from_torch


def layer(seed: int = 0, **options: object) -> nn.TransformerEncoderLayer:
    torch.manual_seed(seed)
    settings = {"d_model": 32, "nhead": 4, "dim_feedforward": 48, "dropout": 0.1, "batch_first": True, **options}
    theirs = nn.TransformerEncoderLayer(**settings).eval()  # type: ignore[arg-type]
    for parameter in theirs.parameters():  # norms and biases too, which begin as ones and zeros
        nn.init.normal_(parameter, std=0.4)
    return theirs


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("norm_first", [True, False])
def test_the_same_outputs_and_gradients(norm_first: bool, activation: str, bias: bool) -> None:
    theirs = layer(norm_first=norm_first, activation=activation, bias=bias)
    ours = block_from_torch(theirs)
    x = torch.randn(3, 7, 32, requires_grad=True)
    y = x.detach().clone().requires_grad_()
    real = torch.arange(7) < torch.tensor([[7], [4], [1]])  # two texts with padding
    mine, other = ours(x, mask=real[:, None, :]), theirs(y, src_key_padding_mask=~real)
    assert (mine - other)[real].abs().max() < 1e-5
    upstream = torch.randn(3, 7, 32) * real[..., None]
    mine.backward(upstream)
    other.backward(upstream)
    torch.testing.assert_close(x.grad, y.grad, atol=1e-4, rtol=1e-4)
    with torch.no_grad():
        assert (ours(x) - theirs(y)).abs().max() < 1e-5  # and without a mask


def test_every_weight_is_taken_over() -> None:
    theirs = layer()
    ours = block_from_torch(theirs)
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    with torch.no_grad():
        theirs.linear1.weight.zero_()  # a copy: ours does not change with theirs
    assert ours.feedforward.up.weight.abs().sum() > 0


def test_its_settings_too() -> None:
    ours = block_from_torch(layer(layer_norm_eps=1e-3).train())
    assert ours.training
    assert ours.norm1.eps == ours.norm2.eps == 1e-3
    assert ours.dropout.p == 0.1
    double = block_from_torch(layer().double())
    assert double(torch.randn(1, 2, 32, dtype=torch.float64)).dtype == torch.float64


@pytest.mark.parametrize("activation", [F.silu, nn.GELU(approximate="tanh")])
def test_an_activation_that_ours_would_not_reproduce(activation: object) -> None:
    with pytest.raises(CourseError, match="only relu and gelu can be taken over"):
        block_from_torch(layer(activation=activation))


def test_an_activation_as_a_module() -> None:
    theirs = layer(activation=nn.ReLU())
    x = torch.randn(2, 3, 32)
    torch.testing.assert_close(block_from_torch(theirs)(x), theirs(x), atol=1e-5, rtol=1e-5)
