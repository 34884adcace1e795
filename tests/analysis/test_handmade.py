"""The head made by hand does what it is there to show, at any length."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.handmade import induction_head, previous_token_head
from llmcourse.model import causal_mask, scaled_dot_product_attention


@settings(max_examples=20)
@given(st.integers(2, 256))
def test_every_token_but_the_first_attends_to_the_one_before_it(n: int) -> None:
    q, k = previous_token_head(n)
    _, weights = scaled_dot_product_attention(q, k, k, causal_mask(n))
    assert (weights.diagonal(-1) >= 0.95).all()
    assert weights[0, 0] == 1  # the first has nobody before it but itself


def test_keys_tell_positions_apart_and_one_token_has_nothing_before_it() -> None:
    _, k = previous_token_head(5)
    assert torch.equal(k @ k.T, torch.eye(5))
    q, k = previous_token_head(1)
    assert q.shape == k.shape == (1, 1)


@settings(max_examples=40)
@given(data=st.data(), n_symbols=st.integers(2, 12))
def test_an_induction_head_attends_to_what_followed(data: st.DataObject, n_symbols: int) -> None:
    row = data.draw(st.lists(st.integers(0, n_symbols - 1), min_size=1, max_size=60))
    q, k = induction_head(torch.tensor(row), n_symbols)
    _, weights = scaled_dot_product_attention(q, k, k, causal_mask(len(row)))
    for place, symbol in enumerate(row):
        if followed := [earlier + 1 for earlier in range(place) if row[earlier] == symbol]:
            assert weights[place, followed].sum() >= 0.95
