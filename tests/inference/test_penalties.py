import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import repetition_penalty

transformers = pytest.importorskip("transformers")


@given(seed=st.integers(0, 999), penalty=st.sampled_from([0.7, 1.0, 1.2, 3.0]))
def test_the_transformers_library_agrees(seed: int, penalty: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(3, 20, generator=generator)
    ids = torch.randint(0, 20, (3, 7), generator=generator)
    before = logits.clone()
    theirs = transformers.RepetitionPenaltyLogitsProcessor(penalty)(ids, logits.clone())
    assert torch.equal(repetition_penalty(logits, ids, penalty), theirs)
    assert torch.equal(logits, before)


def test_by_hand() -> None:
    logits = torch.tensor([[2.0, -2.0, 1.0, -1.0]])
    assert repetition_penalty(logits, torch.tensor([[0, 1, 1]]), 2).tolist() == [[1.0, -4.0, 1.0, -1.0]]


def test_it_depends_on_what_means_nothing() -> None:
    logits, ids = torch.tensor([[1.0, 0.0]]), torch.tensor([[0]])
    one, other = (repetition_penalty(logits + shift, ids, 2.0).softmax(-1) for shift in (0, 5))
    assert not torch.allclose(one, other, atol=0.1)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_penalties_that_are_none(wrong: float) -> None:
    with pytest.raises(CourseError, match="must be above 0"):
        repetition_penalty(torch.zeros(1, 2), torch.tensor([[0]]), wrong)
