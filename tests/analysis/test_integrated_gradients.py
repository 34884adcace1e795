"""Integrated gradients: completeness, and the same numbers as captum."""

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.integrated_gradients import from_embeddings, integrated_gradients, token_contributions
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig


@given(seed=st.integers(0, 999), width=st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_contributions_add_up(seed: int, width: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x, baseline, w = torch.randn(3, width, generator=generator).double()

    def function(batch: torch.Tensor) -> torch.Tensor:
        return (batch * w).sum(-1).tanh() + batch.pow(2).sum(-1)

    c = integrated_gradients(function, x, baseline, 400)
    assert c.sum() == pytest.approx((function(x[None]) - function(baseline[None])).item(), abs=1e-3)


def test_what_does_not_differ_contributes_nothing_and_a_line_is_exact_in_one_step() -> None:
    x, baseline = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 2.0, 1.0])
    c = integrated_gradients(lambda batch: batch @ torch.tensor([5.0, 7.0, -1.0]), x, baseline, 1)
    assert c.tolist() == [5.0, 0.0, -2.0]


def test_the_pencil_and_paper_example() -> None:
    c = integrated_gradients(lambda b: b[:, 0] * b[:, 1], torch.tensor([3.0, 5.0]), torch.zeros(2))
    assert c.tolist() == pytest.approx([7.5, 7.5], abs=1e-4)


@pytest.fixture(scope="module")
def model() -> GPT:
    return GPT(ModelConfig(vocab_size=30, d_model=16, n_layers=2, n_heads=2, dropout=0.2)).initialize(1)


IDS = torch.tensor([3, 1, 4, 1, 5, 9, 2])


def test_the_embeddings_give_the_model(model: GPT) -> None:
    function = from_embeddings(model, IDS, 7, 8)
    with torch.no_grad():
        logits = model.eval()(IDS[None])[0, -1]
        assert function(model.token_embedding(IDS[None])).item() == pytest.approx(
            (logits[7] - logits[8]).item(), abs=1e-6
        )


@pytest.mark.parametrize("n_steps", [20, 100])
def test_equal_to_captum(model: GPT, n_steps: int) -> None:
    from captum.attr import IntegratedGradients

    function = from_embeddings(model, IDS, 7, 8)
    x = model.token_embedding(IDS[None]).detach()
    for baseline in (torch.zeros_like(x), model.token_embedding(IDS[None].flip(1)).detach()):
        theirs = IntegratedGradients(function).attribute(x, baseline, n_steps=n_steps, method="riemann_middle")
        mine = integrated_gradients(function, x[0], baseline[0], n_steps)
        torch.testing.assert_close(mine, theirs[0], atol=1e-6, rtol=1e-4)
        by_token = token_contributions(model, IDS, 7, 8, baseline[0], n_steps)
        torch.testing.assert_close(by_token, theirs[0].sum(-1), atol=1e-5, rtol=1e-4)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_bad_input() -> None:
    with pytest.raises(CourseError, match="one shape"):
        inspect.unwrap(integrated_gradients)(lambda b: b.sum(1), torch.ones(3), torch.ones(2))
    with pytest.raises(CourseError, match="n_steps 0"):
        integrated_gradients(lambda b: b.sum(1), torch.ones(3), torch.ones(3), 0)
