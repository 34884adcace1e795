"""Small documents with something to learn, and models that learn it in moments."""

import random
from collections.abc import Callable

import pytest

from llmcourse.corpus import WordTokenizer
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches

WORDS = [f"w{number}" for number in range(10)]


def counting_documents(count: int, seed: int = 0) -> list[str]:
    """`w3 w4 w5 …`: each word is followed by the next one, and after w9 comes w0; 3 to 14 words."""
    rng = random.Random(seed)
    documents = []
    for _ in range(count):
        start, length = rng.randrange(10), rng.randint(3, 14)
        documents.append(" ".join(WORDS[(start + offset) % 10] for offset in range(length)))
    return documents


@pytest.fixture
def tokenizer() -> WordTokenizer:
    return WordTokenizer(WORDS)


@pytest.fixture
def documents() -> list[str]:
    return counting_documents(100)


@pytest.fixture
def make_model(tokenizer: WordTokenizer) -> Callable[..., GPT]:
    def make(seed: int = 0, **settings: object) -> GPT:
        small = {"context": 16, "d_model": 16, "n_layers": 1, "n_heads": 2, **settings}
        return GPT(ModelConfig(vocab_size=tokenizer.vocab_size, **small)).initialize(seed)

    return make


@pytest.fixture
def make_batches(tokenizer: WordTokenizer, documents: list[str]) -> Callable[..., Batches]:
    def make(**settings: object) -> Batches:
        return Batches(documents, tokenizer, **{"context": 16, "batch_size": 8, **settings})

    return make
