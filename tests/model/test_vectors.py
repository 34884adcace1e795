"""Bad input to norms, feed-forward layers and blocks: one line that names the shapes, or the sensible result."""

import copy
import inspect
import math
from typing import Any

import pytest
import torch
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model import Block, FeedForward, LayerNorm, ModelConfig, RMSNorm

CONFIG = ModelConfig(vocab_size=9, context=16, d_model=8, n_heads=2)
PARTS: list[nn.Module] = [LayerNorm(8), RMSNorm(8), FeedForward(CONFIG)]
MODULES = [*PARTS, Block(CONFIG), Block(ModelConfig(vocab_size=9, context=16, d_model=8, norm_position="post"))]


def name(part: nn.Module) -> str:
    return type(part).__name__


def call(part: nn.Module, *inputs: Any) -> torch.Tensor:
    """As outside of the tests, where no hook looks at the types before the part itself does."""
    return inspect.unwrap(type(part).forward)(part, *inputs)


@pytest.mark.parametrize("part", PARTS, ids=name)
@pytest.mark.parametrize("shape", [(2, 5, 12), (2, 5, 1), (8, 5), (0,), (2, 8, 0)])
def test_another_width(part: nn.Module, shape: tuple[int, ...]) -> None:
    with pytest.raises(CourseError) as problem:
        call(part, torch.zeros(shape))
    words = f"this {name(part)} takes vectors 8 wide: x has the shape {shape}, and should end in 8"
    assert str(problem.value) == words


@pytest.mark.parametrize("part", PARTS, ids=name)
def test_a_single_number(part: nn.Module) -> None:
    with pytest.raises(CourseError, match=r"x has the shape \(\), and should end in 8"):
        call(part, torch.tensor(1.0))


@pytest.mark.parametrize("part", PARTS, ids=name)
def test_token_ids(part: nn.Module) -> None:
    with pytest.raises(CourseError, match=r"takes floats: x of shape \(2, 8\) holds int64; embed token ids first"):
        call(part, torch.ones(2, 8, dtype=torch.long))


def test_a_block_says_so_too() -> None:
    with pytest.raises(CourseError, match=r"this LayerNorm takes vectors 8 wide: x has the shape \(2, 5, 6\)"):
        Block(ModelConfig(vocab_size=9, d_model=8, norm="layernorm"))(torch.zeros(2, 5, 6))


@pytest.mark.parametrize("part", MODULES, ids=name)
@pytest.mark.parametrize("shape", [(0, 5, 8), (2, 0, 8), (1, 1, 8)])
def test_no_texts_and_no_tokens_are_no_problem(part: nn.Module, shape: tuple[int, ...]) -> None:
    assert part(torch.zeros(shape)).shape == shape


@pytest.mark.parametrize("part", MODULES, ids=name)
def test_nan_is_passed_on_and_touches_no_other_text(part: nn.Module) -> None:
    x = torch.randn(2, 5, 8)
    x[0, 3, 2] = math.nan
    wrong = part(x).isnan().all(-1)
    assert wrong[0, 3]
    assert not wrong[1].any()  # another text
    if not isinstance(part, Block):  # in a block, attention decides who sees it
        others = torch.arange(5) != 3
        assert not part(x)[0, others].isnan().any()


@pytest.mark.parametrize("part", MODULES, ids=name)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_the_type_of_the_numbers_is_kept(part: nn.Module, dtype: torch.dtype) -> None:
    other = copy.deepcopy(part).to(dtype)
    x = torch.randn(1, 3, 8)
    assert other(x.to(dtype)).dtype == dtype
    torch.testing.assert_close(other(x.to(dtype)).float(), part(x), atol=0.06, rtol=0.06)
