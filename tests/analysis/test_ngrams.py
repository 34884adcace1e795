"""A counting model's probabilities are probabilities, and its counts are right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.ngrams import NgramModel
from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError

WORDS = ["a", "b", "c"]
tokenizer = WordTokenizer(WORDS)
texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=5)


@given(texts, st.lists(st.sampled_from(WORDS), max_size=4), st.integers(1, 4))
def test_probabilities_sum_to_one(documents: list[str], before: list[str], order: int) -> None:
    model = NgramModel(documents, tokenizer, order)
    ids = tokenizer.encode(" ".join(before), bos=True)
    total = math.fsum(model.probability(token, ids) for token in range(tokenizer.vocab_size))
    assert total == pytest.approx(1)


def test_a_bigram_by_hand() -> None:
    model = NgramModel(["a b", "a b", "a c"], tokenizer, order=2)
    a, b = tokenizer.encode("a b")
    # Unigram: 9 tokens with their ends, of 4 kinds; b came twice. Bigram: after a came b twice and c once.
    unigram = (2 + 4 / tokenizer.vocab_size) / (9 + 4)
    assert model.probability(b, [a]) == pytest.approx((2 + 2 * unigram) / (3 + 2))
    assert model.probability(b, [a], order=1) == pytest.approx(unigram)


def test_more_context_helps_on_what_it_has_counted() -> None:
    documents = ["a b c a b c", "b c a b c a"]
    model = NgramModel(documents, tokenizer, order=3)
    losses = [model.loss(documents, order=order) for order in (1, 2, 3)]
    assert losses == sorted(losses, reverse=True)
    assert model.loss(["a b"]) == pytest.approx(sum(model.token_losses("a b")) / 3)


def test_bad_input() -> None:
    with pytest.raises(CourseError, match="order of at least 1, not 0"):
        NgramModel(["a"], tokenizer, 0)
    with pytest.raises(CourseError, match="needs documents"):
        NgramModel([], tokenizer, 2)
    with pytest.raises(CourseError, match="empty"):
        NgramModel(["a"], tokenizer, 2).loss([])
