"""The chain: probabilities, its floor by another way, texts as its table says."""

import pytest
import torch

from llmcourse.corpus.chain import WordChain
from llmcourse.errors import CourseError


def test_rows_are_probabilities_and_the_shares_stay_as_they_are():
    chain = WordChain(words=12)
    assert torch.allclose(chain.table.sum(1), torch.ones(12), atol=1e-5)
    assert torch.allclose(chain.often @ chain.table, chain.often, atol=1e-6)


def test_the_entropy_is_what_long_texts_lose():
    chain = WordChain(words=12)
    texts = chain.texts(200, 200, seed=5)
    lost = -chain.table[texts[:, :-1], texts[:, 1:]].log().mean().item()
    assert lost == pytest.approx(chain.entropy(), abs=0.01)


def test_texts_follow_the_table_and_the_seed():
    chain = WordChain(words=5, contrast=2)
    texts = chain.texts(400, 100, seed=1)
    pairs = torch.zeros(5, 5).index_put_(
        (texts[:, :-1].flatten(), texts[:, 1:].flatten()), torch.ones(1), accumulate=True
    )
    assert torch.allclose(pairs / pairs.sum(1, keepdim=True), chain.table, atol=0.03)
    assert torch.equal(texts, chain.texts(400, 100, seed=1))
    assert not torch.equal(texts, chain.texts(400, 100, seed=2))


def test_without_contrast_every_word_is_as_likely():
    assert WordChain(words=8, contrast=0).entropy() == pytest.approx(torch.tensor(8.0).log().item(), abs=1e-6)


def test_impossible_chains_are_refused():
    with pytest.raises(CourseError, match="2 words or more"):
        WordChain(words=1)
    with pytest.raises(CourseError, match="must be 1 or more"):
        WordChain(words=4).texts(0, 5)
