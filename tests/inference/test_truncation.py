"""Each cut against its definition in plain Python, and against the transformers library."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import min_p, stays, top_k, top_p, typical_p

one_logit = st.one_of(st.integers(-40, 40).map(lambda quarters: quarters / 4), st.just(-math.inf))
rows = st.lists(one_logit, min_size=1, max_size=12).filter(lambda row: max(row) > -math.inf)


def kept(logits: torch.Tensor) -> torch.Tensor:
    return logits > -math.inf


@given(row=rows, p=st.floats(1e-6, 1.0))
def test_min_p_keeps_what_is_likely_enough(row: list[float], p: float) -> None:
    logits = torch.tensor(row)
    result = min_p(logits, p)
    probabilities = logits.double().softmax(-1)
    for old, new, probability in zip(logits, result, probabilities, strict=True):
        assert new == old or new == -math.inf
        if abs(probability - p * probabilities.max()) > 1e-6:
            assert (new > -math.inf) == (probability >= p * probabilities.max() and old > -math.inf)
    assert kept(result)[logits.argmax()]


@given(row=rows, p=st.floats(1e-6, 1.0))
def test_typical_p_keeps_as_few_of_the_most_typical_as_hold_p(row: list[float], p: float) -> None:
    logits = torch.tensor(row)
    stay = kept(typical_p(logits, p))
    probabilities = logits.double().softmax(-1)
    surprise = -probabilities.log()
    entropy = (probabilities * surprise).nan_to_num(0).sum()
    off = (surprise - entropy).abs()
    assert stay.any()
    assert probabilities[stay].sum() >= p - 1e-5
    if (~stay & (probabilities > 0)).any():
        assert off[stay].max() <= off[~stay & (probabilities > 0)].min() + 1e-5
        last = off[stay].argmax()  # without the least typical of them, they would not hold p
        assert probabilities[stay].sum() - probabilities[stay][last] < p + 1e-5


def test_what_typical_means() -> None:
    logits = torch.tensor([0.4, *[0.1] * 6]).log()
    assert kept(typical_p(logits, 0.25)).tolist() == [False, True, True, True, False, False, False]
    assert kept(typical_p(logits, 1.0)).all()
    assert kept(typical_p(torch.tensor([0.97, 0.01, 0.01, 0.01]).log(), 0.5)).tolist() == [True, False, False, False]


def test_min_p_follows_how_sure_the_model_is() -> None:
    assert kept(min_p(torch.zeros(10), 0.9)).sum() == 10
    assert kept(min_p(torch.tensor([0.97, 0.02, 0.01]).log(), 0.1)).sum() == 1
    assert kept(min_p(torch.tensor([1.0, 3.0, 3.0]), 1)).tolist() == [False, True, True]


@pytest.mark.parametrize("cut", [min_p, typical_p, top_p])
@pytest.mark.parametrize("wrong", [0.0, -0.1, 1.1, math.nan])
def test_shares_out_of_range(cut: Callable[..., torch.Tensor], wrong: float) -> None:
    with pytest.raises(CourseError, match=r"must be above 0 and at most 1"):
        cut(torch.zeros(3), wrong)


@pytest.mark.parametrize("cut", [min_p, typical_p])
def test_half_precision_and_no_side_effects(cut: Callable[..., torch.Tensor]) -> None:
    logits = torch.randn(2, 50).bfloat16()
    before = logits.clone()
    assert cut(logits, 0.3).dtype == torch.bfloat16
    assert torch.equal(logits, before)


def test_stays() -> None:
    logits = torch.tensor([[0.0, -math.inf], [-math.inf, 1.0]])
    assert stays(logits, torch.tensor([0, 0])).tolist() == [True, False]


transformers = pytest.importorskip("transformers")
PAIRS = {
    "temperature": (lambda logits, t: logits / t, transformers.TemperatureLogitsWarper, (0.3, 1.7)),
    "top-k": (top_k, transformers.TopKLogitsWarper, (1, 5, 99)),
    "top-p": (top_p, transformers.TopPLogitsWarper, (0.1, 0.5, 0.9)),
    "min-p": (min_p, transformers.MinPLogitsWarper, (0.02, 0.3, 1.0)),
    "typical": (typical_p, transformers.TypicalLogitsWarper, (0.2, 0.6, 0.95)),
}


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=15)
@given(seed=st.integers(0, 999), spread=st.sampled_from([0.5, 2.0, 6.0]))
def test_the_transformers_library_agrees_on_random_logits(name: str, seed: int, spread: float) -> None:
    ours, theirs, values = PAIRS[name]
    logits = spread * torch.randn(4, 60, generator=torch.Generator().manual_seed(seed))
    for value in values:
        assert torch.equal(ours(logits, value), theirs(value)(None, logits))  # type: ignore[arg-type,operator]


def test_where_it_differs_on_ties() -> None:
    """It keeps every token that ties with the last; ours takes as many as were asked for, the lower ids first."""
    logits = torch.tensor([[1.0, 3.0, 3.0, 3.0, 2.0]])
    assert kept(transformers.TopKLogitsWarper(2)(None, logits)).sum() == 3
    assert kept(top_k(logits, 2)).tolist() == [[False, True, True, False, False]]
    flat = torch.zeros(1, 10)
    theirs, ours = kept(transformers.TypicalLogitsWarper(0.35)(None, flat)), kept(typical_p(flat, 0.35))
    assert theirs.sum() == 10
    assert ours.tolist() == [[True] * 4 + [False] * 6]
    assert kept(transformers.TopPLogitsWarper(0.35)(None, flat)).sum() == kept(top_p(flat, 0.35)).sum() == 4
