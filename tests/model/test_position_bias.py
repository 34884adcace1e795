"""Biases on the scores: ALiBi's slopes, T5's buckets against the transformers library, one answer by any road."""

import inspect
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import (
    BERT,
    GPT,
    ALiBi,
    KVCache,
    ModelConfig,
    RelativeBias,
    alibi_bias,
    alibi_slopes,
    causal_mask,
    record,
    relative_buckets,
)
from llmcourse.model.position_bias import distances, make_position_bias


def test_slopes_for_eight_heads_are_those_of_the_paper() -> None:
    assert alibi_slopes(8).tolist() == [2**-power for power in range(1, 9)]


@pytest.mark.parametrize("n_heads", [1, 2, 4, 8, 16, 32])
def test_slopes_for_a_power_of_two_are_a_geometric_series(n_heads: int) -> None:
    slopes = alibi_slopes(n_heads)
    assert slopes[-1].item() == 2**-8
    torch.testing.assert_close(slopes, slopes[0] ** torch.arange(1, n_heads + 1))


@pytest.mark.parametrize(("n_heads", "power", "added"), [(3, 2, [0]), (6, 4, [0, 2]), (12, 8, [0, 2, 4, 6])])
def test_slopes_for_other_numbers_come_from_the_next_power(n_heads: int, power: int, added: list[int]) -> None:
    expected = torch.cat([alibi_slopes(power), alibi_slopes(2 * power)[added]])
    torch.testing.assert_close(alibi_slopes(n_heads), expected)


@given(st.integers(1, 70))
def test_every_head_has_a_slope_of_its_own(n_heads: int) -> None:
    slopes = alibi_slopes(n_heads)
    assert len(slopes) == len(set(slopes.tolist())) == n_heads
    assert (slopes > 0).all()
    assert (slopes < 1).all()


@given(n=st.integers(1, 12), more=st.integers(0, 5), n_heads=st.integers(1, 5))
def test_alibi_against_plain_python(n: int, more: int, n_heads: int) -> None:
    slopes = alibi_slopes(n_heads)
    bias = alibi_bias(slopes, n, n + more)
    assert bias.shape == (n_heads, n, n + more)
    for head, query, key in torch.cartesian_prod(*(torch.arange(size) for size in bias.shape)).reshape(-1, 3).tolist():
        right = -slopes[head].item() * abs(query + more - key)
        assert bias[head, query, key].item() == pytest.approx(right)


def test_alibi_never_ends() -> None:
    """No distance is too long: far beyond any context the penalty is still the distance times the slope."""
    assert ALiBi(8)(1, 100_000)[0, 0, 0].item() == -0.5 * 99_999


def test_a_bias_for_the_last_queries_is_the_end_of_the_whole() -> None:
    for bias in (ALiBi(4), with_numbers(RelativeBias(4, is_causal=True))):
        torch.testing.assert_close(bias(3, 10), bias(10, 10)[:, -3:])


def with_numbers(bias: RelativeBias) -> RelativeBias:
    torch.nn.init.normal_(bias.weight, generator=torch.Generator().manual_seed(0))
    return bias


@settings(max_examples=40)
@given(
    distance=st.lists(st.integers(-2_000, 2_000), min_size=1, max_size=50),
    is_causal=st.booleans(),
    shape=st.sampled_from([(32, 128), (16, 64), (8, 20), (4, 128), (64, 1_000)]),
)
def test_buckets_are_those_of_the_transformers_library(
    distance: list[int], is_causal: bool, shape: tuple[int, int]
) -> None:
    t5 = pytest.importorskip("transformers.models.t5.modeling_t5")
    n_buckets, far = shape
    ours = relative_buckets(torch.tensor([distance]), is_causal, n_buckets, far)
    # The library counts the other way round: positive is ahead.
    theirs = t5.T5Attention._relative_position_bucket(-torch.tensor([distance]), not is_causal, n_buckets, far)
    assert torch.equal(ours, theirs)


@pytest.mark.parametrize("is_causal", [True, False])
def test_all_buckets_up_to_a_long_distance_agree_with_the_library(is_causal: bool) -> None:
    t5 = pytest.importorskip("transformers.models.t5.modeling_t5")
    distance = torch.arange(-5_000, 5_000)[None]
    theirs = t5.T5Attention._relative_position_bucket(-distance, not is_causal, 32, 128)
    assert torch.equal(relative_buckets(distance, is_causal), theirs)


def test_buckets_near_and_far() -> None:
    near = relative_buckets(torch.arange(16)[None], is_causal=True)
    assert near.tolist() == [list(range(16))]  # one bucket each
    far = relative_buckets(torch.tensor([[128, 500, 10_000]]), is_causal=True)
    assert far.tolist() == [[31, 31, 31]]
    assert relative_buckets(torch.tensor([[-7]]), is_causal=True).item() == 0  # ahead: never looked at
    ahead, behind = relative_buckets(torch.tensor([[-3, 3]]), is_causal=False)[0].tolist()
    assert ahead == behind + 16


@pytest.mark.parametrize("positions", ["alibi", "relative"])
@pytest.mark.parametrize("family", [GPT, BERT])
def test_the_fast_path_gives_what_the_explicit_one_gives(family: Callable[..., GPT], positions: str) -> None:
    model = family(ModelConfig(23, context=16, d_model=16, n_heads=4, n_layers=2, positions=positions)).eval()
    for name, parameter in model.named_parameters():
        if "position_bias" in name:
            torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    ids = torch.arange(12).reshape(1, 12)
    with torch.no_grad():
        fast = model(ids)
        for block in model.blocks:
            block.attention.path = "explicit"
        torch.testing.assert_close(model(ids), fast, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("positions", ["alibi", "relative"])
def test_a_cache_changes_nothing(make_model: Callable[..., GPT], positions: str) -> None:
    model = make_model(positions=positions)
    ids = torch.arange(14)[None]
    cache = KVCache(model.config)
    with torch.no_grad():
        pieces = [model(piece, cache=cache) for piece in ids.split([5, 1, 1, 7], dim=1)]
        torch.testing.assert_close(torch.cat(pieces, dim=1), model(ids), atol=1e-5, rtol=1e-5)


def test_alibi_is_added_to_the_scores(make_model: Callable[..., GPT]) -> None:
    model = make_model(positions="alibi", n_layers=1)
    with torch.no_grad(), record(model, "*.attention.*") as trace:
        model(torch.arange(6)[None])
    q, k = trace["blocks.0.attention.q"], trace["blocks.0.attention.k"]
    scores = q @ k.mT / 2 + alibi_bias(alibi_slopes(4), 6)
    torch.testing.assert_close(trace["blocks.0.attention.scores"], scores)
    weights = scores.masked_fill(~causal_mask(6), -torch.inf).softmax(-1)
    torch.testing.assert_close(trace["blocks.0.attention.weights"], weights)


@pytest.mark.parametrize("positions", ["alibi", "relative"])
def test_order_matters_with_a_bias(make_model: Callable[..., GPT], positions: str) -> None:
    model = make_model(positions=positions, n_layers=1)
    forward, swapped = torch.tensor([[5, 6, 7]]), torch.tensor([[6, 5, 7]])
    assert not torch.allclose(model(forward)[0, -1], model(swapped)[0, -1], atol=1e-3)


def test_only_some_positions_are_a_bias() -> None:
    for positions in ("rotary", "learned", "sinusoidal", "none"):
        assert make_position_bias(ModelConfig(5, positions=positions)) is None
    assert isinstance(make_position_bias(ModelConfig(5, positions="alibi")), ALiBi)
    assert isinstance(make_position_bias(ModelConfig(5, positions="relative")), RelativeBias)


def test_an_untrained_relative_bias_prefers_no_distance() -> None:
    assert not RelativeBias(4, is_causal=True)(5, 5).any()


def test_bad_input() -> None:
    with pytest.raises(CourseError, match="0 heads have no slopes"):
        alibi_slopes(0)
    with pytest.raises(CourseError, match="6 queries cannot be the last of 4 keys"):
        distances(6, 4)
    with pytest.raises(CourseError, match="3 buckets up to a distance of 128: take an even number"):
        relative_buckets(torch.zeros(1, 1, dtype=torch.long), is_causal=True, n_buckets=3)
    with pytest.raises(CourseError, match="2 buckets"):
        relative_buckets(torch.zeros(1, 1, dtype=torch.long), is_causal=False, n_buckets=2)
    assert inspect.unwrap(alibi_bias)(alibi_slopes(2), 0).shape == (2, 0, 0)  # no tokens, no bias
