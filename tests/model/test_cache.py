from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import GPT, KVCache, record
from llmcourse.model.cache import GrowingCache, LayerCache
from model.strategies import settings_of_models


@settings(max_examples=60)
@given(chosen=settings_of_models(), pieces=st.lists(st.integers(1, 5), min_size=1, max_size=5), batch=st.integers(1, 3))
def test_reading_in_pieces_gives_the_same_logits(
    make_model: Callable[..., GPT], chosen: dict[str, Any], pieces: list[int], batch: int
) -> None:
    """However a text is cut, what each piece yields with a cache is what the whole yields without."""
    model = make_model(context=25, **chosen)
    ids = torch.randint(0, 23, (batch, sum(pieces)))
    cache = KVCache(model.config)
    with torch.no_grad():
        logits = torch.cat([model(piece, cache=cache) for piece in ids.split(pieces, dim=1)], dim=1)
        torch.testing.assert_close(logits, model(ids), atol=1e-5, rtol=1e-5)
    assert cache.length == sum(pieces)


def test_a_mask_works_with_a_cache(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    ids = torch.arange(8)[None]
    mask = torch.ones(1, 8, 8, dtype=torch.bool)
    mask[:, 3:, 1] = False
    cache = KVCache(model.config)
    with torch.no_grad():
        model(ids[:, :5], mask=mask[:, :5, :5], cache=cache)
        rest = model(ids[:, 5:], mask=mask[:, 5:], cache=cache)
        torch.testing.assert_close(rest, model(ids, mask=mask)[:, 5:], atol=1e-5, rtol=1e-5)
        assert not torch.allclose(rest, model(ids)[:, 5:], atol=1e-3)


def test_weights_can_be_recorded_with_a_cache(make_model: Callable[..., GPT]) -> None:
    model = make_model(n_kv_heads=2)
    ids = torch.arange(6)[None]
    with record(model, "*.weights") as whole:
        model(ids)
    cache = KVCache(model.config)
    with torch.no_grad(), record(model, "*.weights") as last:
        model(ids[:, :5], cache=cache)
        model(ids[:, 5:], cache=cache)
    for name in whole:
        torch.testing.assert_close(last[name], whole[name][:, :, 5:], atol=1e-5, rtol=1e-5)


def test_grouped_queries_need_a_smaller_cache(make_model: Callable[..., GPT]) -> None:
    sizes = []
    for n_kv_heads in (4, 2, 1):
        model = make_model(n_kv_heads=n_kv_heads)
        cache = KVCache(model.config)
        with torch.no_grad():
            model(torch.arange(6)[None], cache=cache)
        sizes.append(sum(layer.keys.numel() + layer.values.numel() for layer in cache.layers))
    assert sizes[0] == 2 * sizes[1] == 4 * sizes[2]


@settings(max_examples=30)
@given(pieces=st.lists(st.integers(1, 4), min_size=1, max_size=5), batch=st.integers(1, 2))
def test_a_growing_cache_gives_the_same_and_costs_otherwise(
    make_model: Callable[..., GPT], pieces: list[int], batch: int
) -> None:
    model, ids = make_model(n_kv_heads=2), torch.randint(0, 23, (batch, sum(pieces)))
    static, growing = KVCache(model.config), KVCache(model.config, growing=True)
    read = 0
    written = 0
    each = batch * 2 * 2 * 4 * 4 * model.config.n_layers  # two heads, keys and values, 4 wide, 4 bytes
    for piece in ids.split(pieces, dim=1):
        with torch.no_grad():
            assert torch.equal(model(piece, cache=static), model(piece, cache=growing))
        read += piece.shape[1]
        written += read * each
        assert growing.taken == read * each
        assert growing.written == written
        assert static.taken == model.config.context * each
        assert static.written == read * each


@pytest.mark.parametrize("growing", [False, True])
def test_a_cache_can_be_cut(make_model: Callable[..., GPT], growing: bool) -> None:
    model, cache = make_model(), KVCache(make_model().config, growing)
    with torch.no_grad():
        model(torch.arange(9)[None], cache=cache)
        cache.cut(4)
        after = model(torch.tensor([[7, 7]]), cache=cache)
        torch.testing.assert_close(after, model(torch.tensor([[0, 1, 2, 3, 7, 7]]))[:, 4:], atol=1e-5, rtol=1e-5)
    with pytest.raises(CourseError, match="6 positions cannot be cut to 7"):
        cache.cut(7)
    with pytest.raises(CourseError, match="new cache"):
        cache.shift(2)


@pytest.mark.parametrize("make", [LayerCache, GrowingCache])
def test_what_does_not_fit_into_a_cache(make: type[LayerCache]) -> None:
    cache = make(context=3)
    with pytest.raises(CourseError, match="empty"):
        cache.filled()
    cache.append(torch.zeros(1, 2, 2, 4), torch.zeros(1, 2, 2, 4))
    with pytest.raises(CourseError, match="4 positions do not fit into a cache for 3"):
        cache.append(torch.zeros(1, 2, 2, 4), torch.zeros(1, 2, 2, 4))
    with pytest.raises(CourseError, match="holds 1 texts, not 2"):
        cache.append(torch.zeros(2, 2, 1, 4), torch.zeros(2, 2, 1, 4))
