"""Bad input to attention: one line that names the shapes, or the sensible result."""

import inspect
from typing import Any

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.model import ModelConfig, MultiHeadAttention, padding_mask
from llmcourse.model.cache import LayerCache


def layer(is_cross: bool = False, is_causal: bool = True, **settings: Any) -> MultiHeadAttention:
    torch.manual_seed(0)
    config = ModelConfig(vocab_size=9, context=16, d_model=8, n_heads=2, **settings)
    return MultiHeadAttention(config, is_causal, is_cross)


def call(attention: MultiHeadAttention, *inputs: Any, **options: Any) -> torch.Tensor:
    """As outside of the tests, where no hook looks at the types before the layer itself does."""
    return inspect.unwrap(type(attention).forward)(attention, *inputs, **options)


x = torch.randn(2, 5, 8)
allowed = torch.ones(2, 5, 5, dtype=torch.bool)
WRONG = {
    "no batch": ((x[0],), r"x must have the shape \(batch, position, d_model=8\), not \(5, 8\): one text is x\[None\]"),
    "heads already split": ((x[None],), r"x must have the shape \(batch, position, d_model=8\), not \(1, 2, 5, 8\)$"),
    "too wide": ((torch.randn(2, 5, 12),), r"x of shape \(2, 5, 12\) is 12 wide, but this attention has d_model=8"),
    "token ids": ((torch.ones(2, 5, 8, dtype=torch.long),), r"x of shape \(2, 5, 8\) holds int64.*embed token ids"),
    "a float mask": ((x, allowed.float()), r"mask of shape \(2, 5, 5\) holds float32, not booleans: give `mask == 0`"),
    "an int mask": ((x, allowed.long()), r"mask of shape \(2, 5, 5\) holds int64, not booleans: give `mask.bool\(\)`"),
    "a mask for other keys": ((x, allowed[..., :4]), r"the shape \(2, 5, 4\), .* \(batch, query, key\) = \(2, 5, 5\)"),
    "a mask for other queries": ((x, allowed[:, :3]), r"the mask has the shape \(2, 3, 5\), which does not fit"),
    "a mask for other texts": ((x, torch.cat([allowed] * 2)), r"the mask has the shape \(4, 5, 5\), which does not"),
    "a mask for each head": ((x, allowed[:, None]), r"the mask has the shape \(2, 1, 5, 5\), which does not fit"),
    "one row": ((x, allowed[0, 0]), r"the mask has the shape \(5,\), which does not fit"),
    "longer than the context": (
        (torch.randn(1, 17, 8),),
        r"\(1, 17, 8\) ends at position 17, beyond the context of 16",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_one_line_that_names_the_shapes(name: str) -> None:
    inputs, message = WRONG[name]
    with pytest.raises(CourseError, match=message) as problem:
        call(layer(), *inputs)
    assert "\n" not in str(problem.value)


def test_a_memory_where_it_is_needed_and_only_there() -> None:
    with pytest.raises(CourseError, match=r"cross-attention needs memory=\(batch, key, 8\)"):
        call(layer(is_cross=True), x)
    with pytest.raises(CourseError, match="this is self-attention: to read a memory, build the layer with is_cross"):
        call(layer(), x, memory=x)
    with pytest.raises(CourseError, match=r"memory of shape \(2, 5, 6\) is 6 wide, but this attention has d_model=8"):
        call(layer(is_cross=True), x, memory=torch.randn(2, 5, 6))
    with pytest.raises(CourseError, match=r"memory must have the shape .* not \(5, 8\): one text is memory\[None\]"):
        call(layer(is_cross=True), x, memory=x[0])
    with pytest.raises(CourseError, match=r"x \(2, 5, 8\) and memory \(3, 5, 8\) must hold equally many texts"):
        call(layer(is_cross=True), x, memory=torch.randn(3, 5, 8))
    with pytest.raises(CourseError, match=r"the mask has the shape \(2, 1, 5\), .* = \(2, 5, 4\)"):
        call(layer(is_cross=True), x, torch.ones(2, 1, 5, dtype=torch.bool), memory=torch.randn(2, 4, 8))


def test_keys_in_a_cache_count() -> None:
    attention, cache = layer(), LayerCache(context=8)
    attention(x, cache=cache)
    attention(x[:, :1], torch.ones(2, 1, 6, dtype=torch.bool), cache=cache)
    with pytest.raises(CourseError, match=r"\(2, 1, 1\), which does not fit \(batch, query, key\) = \(2, 1, 7\)"):
        attention(x[:, :1], torch.ones(2, 1, 1, dtype=torch.bool), cache=cache)
    with pytest.raises(CourseError, match=r"ends at position 11, beyond the context of 8"):
        attention(x, cache=cache)


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("path", ["auto", "explicit"])
def test_one_mask_for_all_texts_may_leave_out_the_batch(is_causal: bool, path: str) -> None:
    attention = layer(is_causal=is_causal)
    attention.path = path
    mask = torch.rand(5, 5) < 0.5
    torch.testing.assert_close(attention(x, mask), attention(x, mask.expand(2, 5, 5)))


@pytest.mark.parametrize("shape", [(0, 5, 8), (2, 0, 8), (1, 1, 8)])
@pytest.mark.parametrize("path", ["auto", "explicit"])
def test_nothing_to_read_gives_nothing(shape: tuple[int, ...], path: str) -> None:
    attention = layer()
    attention.path = path
    assert attention(torch.randn(shape)).shape == shape


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("path", ["auto", "explicit"])
def test_nan_is_not_hidden(is_causal: bool, path: str) -> None:
    attention, spoilt = layer(is_causal=is_causal), x.clone()
    attention.path = path
    spoilt[0, 3, 2] = torch.nan
    output = attention(spoilt)
    assert output[0, 3:].isnan().any(-1).all()  # the token itself, and those that see it
    assert not output[1].isnan().any()  # not the other text
    if not is_causal:
        assert output[0].isnan().any(-1).all()


@pytest.mark.parametrize("path", ["auto", "explicit"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_token_that_sees_nothing_is_no_nan(path: str, bias: bool) -> None:
    attention = layer(bias=bias, qk_norm=True, n_kv_heads=1)
    attention.path = path
    hidden = padding_mask(torch.tensor([[1, 2, 3, 4, 5], [0, 0, 0, 0, 0]]))  # the second text is all padding
    output = attention(x, hidden)
    assert output.isfinite().all()
    zero = attention.w_o(torch.zeros(8))
    torch.testing.assert_close(output[1], zero.expand(5, 8))
    output.square().sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in attention.parameters())


def test_huge_numbers_are_no_trouble_where_queries_and_keys_are_normalized() -> None:
    for path in ("auto", "explicit"):
        attention = layer(qk_norm=True)
        attention.path = path
        assert attention(x * 1e18).isfinite().all()


def test_padding_mask_wants_a_batch() -> None:
    message = r"ids must have the shape \(batch, key\), not \(4,\): one text is ids\[None\]"
    with pytest.raises(CourseError, match=message):
        inspect.unwrap(padding_mask)(torch.tensor([1, 2, 3, 0]))
