import itertools
import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.training import evaluate, unigram_baseline


class FixedBigrams(nn.Module):
    """A model whose next-token probabilities depend on the last token alone, and are known."""

    def __init__(self, vocab_size: int, context: int):
        super().__init__()
        self.config = SimpleNamespace(context=context)
        table = torch.randn(vocab_size, vocab_size, generator=torch.Generator().manual_seed(0))
        self.logits = nn.Parameter(table)
        self.dropout = nn.Dropout(0.9)

    def forward(self, ids):
        return self.dropout(self.logits[ids])

    def log_prob(self, ids: list[int]) -> float:
        table = self.logits.detach().double().log_softmax(-1)
        return sum(table[a, b].item() for a, b in itertools.pairwise(ids))


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_the_loss_is_the_mean_over_tokens_from_bos_through_eos(tokenizer, documents, batch_size):
    model = FixedBigrams(tokenizer.vocab_size, context=16)
    ids = [tokenizer.encode(d, bos=True, eos=True) for d in documents]
    expected = -sum(map(model.log_prob, ids)) / sum(len(i) - 1 for i in ids)
    assert evaluate(model, documents, tokenizer, batch_size) == pytest.approx(expected, rel=1e-6)


def test_evaluation_turns_dropout_off_and_leaves_the_mode_as_it_was(tokenizer, documents):
    model = FixedBigrams(tokenizer.vocab_size, context=16)
    for training in (True, False):
        model.train(training)
        assert evaluate(model, documents, tokenizer) == evaluate(model, documents, tokenizer)
        assert model.training is training


def test_a_cut_document_is_scored_once_and_every_piece_starts_with_bos(tokenizer):
    model = FixedBigrams(tokenizer.vocab_size, context=4)
    document = "w0 w1 w2 w3 w4 w5"
    a, b, c, d, e, f = tokenizer.encode(document)
    bos, eos = tokenizer.bos_id, tokenizer.eos_id
    expected = -(model.log_prob([bos, a, b, c, d]) + model.log_prob([bos, e, f, eos])) / 7
    assert evaluate(model, [document], tokenizer, cut_long=True) == pytest.approx(expected, rel=1e-6)
    with pytest.raises(CourseError, match="7 tokens to predict, but the context is 4"):
        evaluate(model, [document], tokenizer)


def test_the_unigram_baseline_is_the_entropy_of_the_counts():
    tokenizer = WordTokenizer(["a", "b"])
    # a three times, b once, <eos> twice
    expected = -(3 / 6 * math.log(3 / 6) + 1 / 6 * math.log(1 / 6) + 2 / 6 * math.log(2 / 6))
    assert unigram_baseline(["a a b", "a"], tokenizer) == pytest.approx(expected)


def test_no_constant_guess_beats_the_unigram_baseline(tokenizer, documents):
    class Constant(FixedBigrams):
        def forward(self, ids):
            return self.logits[0].expand(*ids.shape, -1)

    model = Constant(tokenizer.vocab_size, context=16)
    baseline = unigram_baseline(documents, tokenizer)
    assert evaluate(model, documents, tokenizer) > baseline
    counts = torch.zeros(tokenizer.vocab_size)
    for document in documents:
        for id in tokenizer.encode(document, eos=True):
            counts[id] += 1
    model.logits.data[0] = counts.log()
    assert evaluate(model, documents, tokenizer) == pytest.approx(baseline, rel=1e-5)


def test_nothing_to_evaluate_is_an_error(tokenizer):
    with pytest.raises(CourseError, match="empty"):
        evaluate(FixedBigrams(tokenizer.vocab_size, 8), [], tokenizer)
    with pytest.raises(CourseError, match="empty"):
        unigram_baseline([], tokenizer)
