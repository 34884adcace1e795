import random

import pytest
import torch

from llmcourse.corpus import WordTokenizer, World, load
from llmcourse.errors import CourseError
from llmcourse.inference.seq2seq import answer_texts
from llmcourse.model import BERT, EncoderDecoder, ModelConfig
from llmcourse.training.accuracy import accuracy, gap_accuracy
from llmcourse.training.continuation import Continuation
from llmcourse.training.objectives import MASK, MaskedLM

STORIES = load("world").validation[:40]
SMALL = {"d_model": 16, "n_layers": 1, "n_heads": 2}


def test_only_the_gaps_count() -> None:
    logits = torch.eye(4)[None]  # says 0, 1, 2, 3
    assert gap_accuracy(logits, torch.tensor([[0, -100, 2, 0]])) == pytest.approx(2 / 3)
    assert gap_accuracy(logits, torch.tensor([[-100, -100, -100, 1]])) == 0.0
    with pytest.raises(CourseError, match="no gap"):
        gap_accuracy(logits, torch.full((1, 4), -100))


def test_of_a_bert_that_always_says_the_same() -> None:
    tokenizer = WordTokenizer.for_world(World(), special=[MASK])
    model = BERT(ModelConfig(vocab_size=tokenizer.vocab_size, **SMALL)).train()
    objective = MaskedLM(tokenizer, masked=1, randomized=0)
    with torch.no_grad():
        model.unembedding.weight.zero_()  # all logits alike: the first choice is token 0, which is never right
    assert accuracy(model, STORIES, tokenizer, objective) == {"tokens": 0.0, "texts": 0.0}
    assert model.training
    with pytest.raises(CourseError, match="list of documents is empty"):
        accuracy(model, [], tokenizer, objective)


def test_texts_are_the_greedy_answers_that_are_right_to_the_letter() -> None:
    tokenizer = WordTokenizer.for_world(World())
    config = ModelConfig(vocab_size=tokenizer.vocab_size, **SMALL)
    model = EncoderDecoder(config).initialize(3)
    answers = {text: text.rpartition("? ")[2] for text in STORIES}
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    rows = [tokenizer.encode(text, bos=True, eos=True) for text in STORIES]
    batch = Continuation(tokenizer)(rows, random.Random(0))
    for _ in range(25):  # some of them are learned by heart
        logits = batch.logits(model)
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()).backward()
        optimizer.step()
        optimizer.zero_grad()
    right = accuracy(model, STORIES, tokenizer, Continuation(tokenizer))
    written = answer_texts(model, tokenizer, [text[: text.rindex("?") + 1] for text in STORIES])
    assert 0 < right["texts"] <= right["tokens"] <= 1
    assert right["texts"] == sum(a == b for a, b in zip(written, answers.values(), strict=True)) / len(STORIES)
