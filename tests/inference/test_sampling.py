import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import greedy, sample, sampler, top_k, top_p, with_temperature

# Multiples of a quarter, so that ties are frequent; -inf for tokens that were ruled out before.
one_logit = st.one_of(st.integers(-40, 40).map(lambda quarters: quarters / 4), st.just(-math.inf))
rows = st.lists(one_logit, min_size=1, max_size=12).filter(lambda row: max(row) > -math.inf)
batches = st.integers(1, 8).flatmap(
    lambda vocab: st.lists(
        st.lists(one_logit, min_size=vocab, max_size=vocab).filter(lambda row: max(row) > -math.inf),
        min_size=1,
        max_size=3,
    )
)


def kept(logits: torch.Tensor) -> torch.Tensor:
    return logits > -math.inf


@given(row=rows, temperature=st.floats(0.05, 20))
def test_temperature(row: list[float], temperature: float) -> None:
    logits = torch.tensor(row)
    before = logits.clone()
    changed = with_temperature(logits, temperature)
    assert torch.equal(logits, before)
    assert greedy(changed) == greedy(logits)
    torch.testing.assert_close(with_temperature(logits, 1.0), logits)
    expected = logits.softmax(-1) ** (1 / temperature)
    torch.testing.assert_close(changed.softmax(-1), expected / expected.sum(), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("temperature", [0, 0.0, -1.0, math.nan, math.inf])
def test_temperatures_that_are_none(temperature: float) -> None:
    with pytest.raises(CourseError, match=r"temperature=.* must be above 0: .* use greedy"):
        with_temperature(torch.zeros(3), float(temperature))


@given(batch=batches, k=st.integers(1, 10))
def test_top_k_keeps_the_k_likeliest(batch: list[list[float]], k: int) -> None:
    logits = torch.tensor(batch)
    before = logits.clone()
    result = top_k(logits, k)
    assert torch.equal(logits, before)
    for row, new in zip(batch, result, strict=True):
        ranked = sorted(range(len(row)), key=lambda id: (-row[id], id))  # ties: the lower id first
        expected = [row[id] if id in ranked[:k] else -math.inf for id in range(len(row))]
        assert new.tolist() == expected


def test_top_k_at_its_edges() -> None:
    logits = torch.tensor([1.0, 3.0, 3.0, 3.0, 2.0])
    assert kept(top_k(logits, 2)).tolist() == [False, True, True, False, False]
    assert torch.equal(top_k(logits, 5), logits)
    assert torch.equal(top_k(logits, 99), logits)
    assert top_k(logits, 1).argmax() == greedy(logits)
    assert kept(top_k(torch.zeros(5000), 3)).nonzero().flatten().tolist() == [0, 1, 2]
    for wrong in (0, -3):
        with pytest.raises(CourseError, match=f"top_k={wrong} must be 1 or more"):
            top_k(logits, wrong)


@given(batch=batches, p=st.floats(1e-6, 1.0))
def test_top_p_keeps_as_few_as_hold_p(batch: list[list[float]], p: float) -> None:
    logits = torch.tensor(batch)
    before = logits.clone()
    result = top_p(logits, p)
    assert torch.equal(logits, before)
    for row, new in zip(logits, result, strict=True):
        stays = kept(new)
        assert torch.equal(new[stays], row[stays])
        probabilities = row.double().softmax(-1)
        inside = probabilities[stays]
        assert len(inside) >= 1
        assert inside.sum() >= p - 1e-5  # they hold p …
        assert inside.sum() - inside.min() < p + 1e-5  # … and without the last of them, they would not
        if (~stays).any():
            assert inside.min() >= probabilities[~stays].max() - 1e-9  # the likeliest are those that stay


def test_top_p_at_its_edges() -> None:
    logits = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()
    assert kept(top_p(logits, 0.4)).tolist() == [True, False, False, False]
    assert kept(top_p(logits, 0.7)).tolist() == [True, True, False, False]
    assert kept(top_p(logits, 0.8)).tolist() == [True, True, True, False]  # of the equal ones, the lower id
    assert kept(top_p(logits, 1e-30)).sum() == 1
    spread = torch.randn(50_000, generator=torch.Generator().manual_seed(0)) * 3
    assert torch.equal(top_p(spread, 1.0), spread)
    assert torch.equal(top_p(spread, 1), spread)
    for wrong in (0.0, -0.1, 1.1, math.nan):
        with pytest.raises(CourseError, match="must be above 0 and at most 1"):
            top_p(logits, wrong)


def test_half_precision() -> None:
    logits = torch.randn(2, 50).bfloat16()
    for result in (top_k(logits, 5), top_p(logits, 0.5), with_temperature(logits, 0.7)):
        assert result.dtype == torch.bfloat16
        assert result.shape == logits.shape


def test_greedy_takes_the_first_of_the_best() -> None:
    assert greedy(torch.tensor([[0.0, 2.0, 1.0], [5.0, 5.0, 1.0]])).tolist() == [1, 0]


@given(row=rows, seed=st.integers(0, 99))
def test_what_is_ruled_out_is_never_drawn(row: list[float], seed: int) -> None:
    logits = top_k(torch.tensor([row] * 3), 2)
    drawn = sample(logits, torch.Generator().manual_seed(seed))
    assert drawn.shape == (3,)
    assert kept(logits.gather(-1, drawn[:, None])).all()


def test_draws_follow_the_probabilities() -> None:
    probabilities = torch.tensor([0.5, 0.3, 0.2, 0.0])
    drawn = sample(probabilities.log().expand(20_000, 4), torch.Generator().manual_seed(0))
    shares = torch.bincount(drawn, minlength=4) / 20_000
    torch.testing.assert_close(shares, probabilities, atol=0.015, rtol=0)


def test_a_seed_decides() -> None:
    logits = torch.zeros(50, 20)
    first, again, other = (sample(logits, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("row", [[math.nan, 0.0], [-math.inf, -math.inf]])
def test_nothing_to_draw_from(row: list[float]) -> None:
    with pytest.raises(CourseError, match="the logits hold NaN, or rule out every token"):
        sample(torch.tensor([row]))


def test_a_sampler_chains_them() -> None:
    logits = torch.randn(400, 30, generator=torch.Generator().manual_seed(0)) * 2
    drawn = sampler(temperature=0.7, k=8, p=0.8)(logits, torch.Generator().manual_seed(1))
    by_hand = sample(top_p(top_k(with_temperature(logits, 0.7), 8), 0.8), torch.Generator().manual_seed(1))
    assert torch.equal(drawn, by_hand)
    assert sampler(temperature=0) is greedy
    assert torch.equal(sampler(k=1)(logits), greedy(logits))


@pytest.mark.parametrize("wrong", [{"temperature": -1.0}, {"k": 0}, {"p": 0.0}, {"p": 2.0}])
def test_a_sampler_refuses_at_once(wrong: dict[str, Any]) -> None:
    state = torch.get_rng_state()
    with pytest.raises(CourseError):
        sampler(**wrong)
    sampler()
    assert torch.equal(torch.get_rng_state(), state)
