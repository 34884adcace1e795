import pytest
import torch

from llmcourse.model import Block, ModelConfig, record
from llmcourse.model.block import pre_norm_block


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


def test_the_block_in_two_lines_is_the_block() -> None:
    block = Block(ModelConfig(vocab_size=9, d_model=8, n_heads=2))
    x = torch.randn(2, 5, 8)
    two_lines = pre_norm_block(x, block.norm1, block.attention, block.norm2, block.feedforward)
    torch.testing.assert_close(two_lines, block(x))


@pytest.mark.parametrize("position", ["pre", "post"])
def test_dropout_drops_what_is_said_and_never_the_stream(position: str) -> None:
    torch.manual_seed(0)
    block = Block(ModelConfig(vocab_size=9, d_model=8, dropout=0.5, norm_position=position))  # type: ignore[arg-type]
    x = torch.randn(4, 6, 8)
    with record(block, "residual_mid", "attention.output") as trace, torch.no_grad():
        block(x)
    if position == "pre":
        said = trace["residual_mid"] - x
        kept = said.abs() > 1e-7
        torch.testing.assert_close(said[kept], 2 * trace["attention.output"][kept], atol=1e-5, rtol=1e-4)
        assert 0.3 < kept.float().mean() < 0.7
    block.eval()
    assert torch.equal(block(x), block(x))


def test_the_stream_is_the_sum_of_what_was_written() -> None:
    block = Block(ModelConfig(vocab_size=9, d_model=8))
    x = torch.randn(2, 5, 8)
    with record(block, "attention.output", "feedforward.output") as trace, torch.no_grad():
        out = block(x)
    torch.testing.assert_close(out, x + trace["attention.output"] + trace["feedforward.output"])
