"""Facts put into a feed-forward layer by hand are found again, and only those."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.memory import memory
from llmcourse.errors import CourseError


@given(facts=st.integers(2, 60), d_model=st.integers(3, 12), seed=st.integers(0, 5))
def test_every_key_finds_its_value(facts: int, d_model: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    keys = F.normalize(torch.randn(facts, d_model, generator=generator, dtype=torch.float64), dim=-1)
    values = torch.randn(facts, 5, generator=generator, dtype=torch.float64)
    up, bias, down = memory(keys, values)
    fired = torch.relu(keys @ up.T + bias)
    torch.testing.assert_close(fired, torch.eye(facts, dtype=torch.float64), atol=1e-6, rtol=0)
    torch.testing.assert_close(fired @ down.T, values, atol=1e-5, rtol=1e-5)


def test_what_was_never_stored_is_answered_by_nothing() -> None:
    up, bias, down = memory(torch.eye(4)[:2], torch.ones(2, 3))
    assert torch.equal(torch.relu(up @ torch.eye(4)[3] + bias) @ down.T, torch.zeros(3))


def test_keys_that_cannot_be_told_apart_or_have_no_length() -> None:
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    with pytest.raises(CourseError, match="two of the keys are the same"):
        memory(same, torch.eye(2))
    with pytest.raises(CourseError, match="must have length 1"):
        memory(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.eye(2))
