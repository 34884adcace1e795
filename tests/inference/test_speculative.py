"""Speculative decoding writes what the large model alone would write: the same text when greedy, else the same law."""

from collections.abc import Callable
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.exactness import chi_square_p
from llmcourse.errors import CourseError
from llmcourse.inference import generate
from llmcourse.inference.speculative import (
    Reader,
    acceptance,
    expected_tokens,
    generate_speculative,
    judge,
    speculate,
    speed_up,
)
from llmcourse.model import GPT

VOCAB, LENGTH = 3, 4


def chain(seed: int) -> torch.Tensor:
    """The next-token probabilities of a small world, by the last two tokens."""
    logits = torch.randn(VOCAB + 1, VOCAB, VOCAB, generator=torch.Generator().manual_seed(seed))
    return (1.5 * logits).softmax(-1)


def after(table: torch.Tensor, ids: list[int]) -> torch.Tensor:
    return table[ids[-2] if len(ids) > 1 else VOCAB, ids[-1]]


@st.composite
def two_distributions(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    n = draw(st.integers(1, 6))
    weights = st.lists(st.sampled_from([0.0, 0.1, 1.0, 3.0]), min_size=n, max_size=n).filter(any)
    return tuple(torch.tensor(w) / sum(w) for w in (draw(weights), draw(weights)))  # type: ignore[return-value]


@given(two_distributions())
def test_what_is_kept_and_what_comes_instead_make_exactly_p(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    p, q = pair
    result = torch.zeros_like(p)
    for token in q.nonzero().flatten().tolist():
        keep, instead = judge(p, q, token)
        result[token] += q[token] * keep
        result += q[token] * (1 - keep) * instead
    torch.testing.assert_close(result, p, atol=1e-6, rtol=0)
    kept = sum(q[token] * judge(p, q, token)[0] for token in q.nonzero().flatten().tolist())
    torch.testing.assert_close(acceptance(p, q), torch.as_tensor(kept), atol=1e-6, rtol=0)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_texts_are_distributed_as_the_large_models(k: int) -> None:
    """Chi-square on whole texts of four tokens, each with its exact probability."""
    large, small = chain(1), chain(2)
    texts = list(product(range(VOCAB), repeat=LENGTH))
    expected = torch.ones(len(texts))
    for row, text in enumerate(texts):
        for place, token in enumerate(text):
            expected[row] *= after(large, [0, *text[:place]])[token]
    place_of, dice = {text: row for row, text in enumerate(texts)}, torch.Generator().manual_seed(k)
    counts = torch.zeros(len(texts))
    calls = 0
    for _ in range(2_500):
        done = speculate(
            lambda ids, n: torch.stack([after(large, ids[: len(ids) - n + 1 + i]) for i in range(n)]),
            lambda ids: after(small, ids),
            [0],
            LENGTH,
            k,
            generator=dice,
        )
        counts[place_of[tuple(done.ids[1:])]] += 1
        calls += done.calls
    assert chi_square_p(counts, expected) > 0.001
    assert calls < 2_500 * LENGTH
    of_the_draft = torch.ones(len(texts))
    for row, text in enumerate(texts):
        for place, token in enumerate(text):
            of_the_draft[row] *= after(small, [0, *text[:place]])[token]
    assert chi_square_p(counts, of_the_draft) < 1e-6  # the test can tell the two apart


@settings(max_examples=25)
@given(seed=st.integers(0, 9), k=st.integers(1, 6), n=st.integers(1, 16), stop_id=st.sampled_from([None, 3, 7]))
def test_greedy_text_is_the_same(
    make_model: Callable[..., GPT], seed: int, k: int, n: int, stop_id: int | None
) -> None:
    model, draft = make_model(), make_model(seed=seed, n_layers=1)
    prompt = torch.randint(0, 23, (n,), generator=torch.Generator().manual_seed(seed)).tolist()
    done = generate_speculative(model, draft, prompt, 9, k, temperature=0, stop_id=stop_id)
    assert done.ids == generate(model, torch.tensor([prompt]), 9, stop_id=stop_id)[0].tolist()
    if seed == 0 and stop_id is None:
        done = generate_speculative(model, model, prompt, 9, k, temperature=0)  # the best of all drafts
        assert done.kept == done.judged
        assert done.calls == -(-min(9, 16 - n) // (k + 1))


def test_a_model_as_its_own_draft_is_never_refused(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    done = generate_speculative(model, model, [1, 2], 14, 3, generator=torch.Generator().manual_seed(1))
    assert done.rate == 1.0
    assert abs(done.due - done.kept) < 1e-4
    assert len(done.ids) == 16


@given(texts=st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=12), min_size=1, max_size=6))
def test_a_reader_goes_back_to_where_the_texts_agree(make_model: Callable[..., GPT], texts: list[list[int]]) -> None:
    model = make_model()
    reader = Reader(model)
    for text in texts:
        torch.testing.assert_close(reader(text, 1), model(torch.tensor([text]))[0, -1:], atol=1e-5, rtol=1e-5)
        assert reader.cache.length == len(text)


def test_what_to_expect() -> None:
    assert expected_tokens(0, 5) == 1
    assert expected_tokens(1, 5) == 6
    assert expected_tokens(0.5, 2) == 1.75
    assert abs(expected_tokens(0.8, 4) - (1 - 0.8**5) / (1 - 0.8)) < 1e-12
    assert speed_up(1, 3, 0) == 4
    assert speed_up(0, 3, 0.1) < 1
    with pytest.raises(CourseError, match=r"rate=1.2 must lie between"):
        expected_tokens(1.2, 1)


def test_what_cannot_be_drafted(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with pytest.raises(CourseError, match="the draft knows 20 tokens"):
        generate_speculative(model, make_model(vocab_size=20), [1], 3)
    with pytest.raises(CourseError, match="reads 8"):
        generate_speculative(model, make_model(context=8), [1], 3)
    with pytest.raises(CourseError, match="empty"):
        generate_speculative(model, model, [], 3)
    with pytest.raises(CourseError, match="k=0"):
        generate_speculative(model, model, [1], 3, k=0)
    with pytest.raises(CourseError, match="temperature=-1"):
        generate_speculative(model, model, [1], 3, temperature=-1)
    assert generate_speculative(model, model, [1] * 16, 3).ids == [1] * 16
