from collections.abc import Callable

import pytest
import torch

from llmcourse.corpus import UnknownWord, WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.inference import next_token_probabilities, sample_text, sample_texts
from llmcourse.model import GPT

TOKENIZER = WordTokenizer(["Mia", "Tom", "lost", "found", "the", "ring", "coin", "and", "then", "slept", ".", ","])


@pytest.fixture
def model(make_model: Callable[..., GPT]) -> GPT:
    return make_model(vocab_size=TOKENIZER.vocab_size)


def test_a_text_begins_with_its_prompt(model: GPT) -> None:
    text = sample_text(model, TOKENIZER, "Mia lost the ring.", seed=1)
    assert text.startswith("Mia lost the ring.")
    assert all(word in TOKENIZER.vocabulary for word in TOKENIZER.split(text))
    assert "<" not in text


def test_seeds(model: GPT) -> None:
    texts = [sample_text(model, TOKENIZER, temperature=3.0, seed=seed) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    torch.manual_seed(0)
    first = sample_text(model, TOKENIZER, temperature=3.0)
    assert first != sample_text(model, TOKENIZER, temperature=3.0)


def test_temperature_zero_and_top_1_are_greedy(model: GPT) -> None:
    texts = {
        sample_text(model, TOKENIZER, "Tom", temperature=0),
        sample_text(model, TOKENIZER, "Tom", temperature=0, seed=3),
        sample_text(model, TOKENIZER, "Tom", top_k=1, seed=4),
        sample_text(model, TOKENIZER, "Tom", top_p=1e-9, seed=5),
    }
    assert len(texts) == 1


def test_lengths(model: GPT) -> None:
    no_end = torch.zeros_like(model.unembedding.weight)
    model.unembedding.weight = torch.nn.Parameter(no_end)  # every token is equally likely …
    assert sample_text(model, TOKENIZER, "Mia", max_new_tokens=0) == "Mia"
    lengths = {len(TOKENIZER.encode(sample_text(model, TOKENIZER, "Mia", seed=seed))) for seed in range(20)}
    assert max(lengths) <= model.config.context - 1
    assert len(lengths) > 3  # … so texts end where <eos> is drawn


def test_a_full_prompt_comes_back(model: GPT) -> None:
    prompt = TOKENIZER.decode([3] * (model.config.context - 1))  # <bos> takes one place
    assert sample_text(model, TOKENIZER, prompt, seed=0) == prompt


def test_prompts_that_cannot_be_read(model: GPT) -> None:
    with pytest.raises(UnknownWord, match="'zebra' is not in the vocabulary of 12 words"):
        sample_text(model, TOKENIZER, "Mia found the zebra")
    with pytest.raises(CourseError, match="the prompt has 21 tokens, and the model reads at most 16: shorten it"):
        sample_text(model, TOKENIZER, "Mia " * 20)
    with pytest.raises(CourseError, match="the prompt has 21 tokens"):
        next_token_probabilities(model, TOKENIZER, "Mia " * 20)
    with pytest.raises(CourseError, match="top_k=0"):
        sample_text(model, TOKENIZER, "Mia", top_k=0)


def test_next_token_probabilities(model: GPT) -> None:
    probabilities = next_token_probabilities(model.train(), TOKENIZER, "Mia lost")
    assert set(probabilities) == set(TOKENIZER.vocabulary)
    assert sum(probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert list(probabilities.values()) == sorted(probabilities.values(), reverse=True)
    logits = model(torch.tensor([TOKENIZER.encode("Mia lost", bos=True)]))[0, -1]
    for id, token in enumerate(TOKENIZER.vocabulary):
        assert probabilities[token] == pytest.approx(logits.softmax(-1)[id].item(), abs=1e-6)
    assert model.training
    assert next_token_probabilities(model, TOKENIZER, "") != probabilities


def test_several_texts_at_once(model: GPT) -> None:
    texts = sample_texts(model, TOKENIZER, 20, "Mia lost", temperature=2.0, seed=1)
    assert texts == sample_texts(model, TOKENIZER, 20, "Mia lost", temperature=2.0, seed=1)
    assert len(texts) == 20
    assert len(set(texts)) > 10
    assert all(text.startswith("Mia lost") and "<" not in text for text in texts)
    greedy = sample_texts(model, TOKENIZER, 3, "Mia lost", temperature=0)
    assert greedy == [sample_text(model, TOKENIZER, "Mia lost", temperature=0)] * 3
