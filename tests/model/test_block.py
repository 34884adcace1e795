import pytest
import torch

from llmcourse.model import Block, ModelConfig, record


@pytest.mark.parametrize("position", ["pre", "post"])
def test_where_the_norms_stand(position: str) -> None:
    torch.manual_seed(0)
    block = Block(ModelConfig(vocab_size=9, d_model=8, n_heads=2, norm_position=position))
    x = torch.randn(2, 5, 8)
    if position == "pre":
        middle = x + block.attention(block.norm1(x))
        expected = middle + block.feedforward(block.norm2(middle))
    else:
        middle = block.norm1(x + block.attention(x))
        expected = block.norm2(middle + block.feedforward(middle))
    with record(block) as trace:
        torch.testing.assert_close(block(x), expected, atol=1e-6, rtol=1e-5)
    assert torch.equal(trace["residual_in"], x)
    torch.testing.assert_close(trace["residual_mid"], middle, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(trace["residual_out"], expected, atol=1e-6, rtol=1e-5)


def test_with_silent_halves_a_pre_norm_block_is_the_identity() -> None:
    block = Block(ModelConfig(vocab_size=9, d_model=8))
    torch.nn.init.zeros_(block.attention.w_o.weight)
    torch.nn.init.zeros_(block.feedforward.down.weight)
    x = torch.randn(2, 5, 8, requires_grad=True)
    assert torch.equal(block(x), x)
    block(x).sum().backward()
    assert torch.equal(x.grad, torch.ones_like(x))  # the gradient's straight way
