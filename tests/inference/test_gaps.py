"""A BERT's gaps: the same ids as in training, scores that can be checked by hand, and gaps that are all filled."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.examples import RING
from llmcourse.corpus.tokenizers import UnknownWord
from llmcourse.errors import CourseError
from llmcourse.inference.gaps import fill_at_once, fill_gaps, gap_ids, model_gap_probabilities, pseudo_log_likelihood
from llmcourse.model import BERT, ModelConfig

WORLD = World()
TOKENIZER = WordTokenizer.for_world(WORLD, special=["<mask>"])
MASK_ID = TOKENIZER.vocabulary.index("<mask>")
WORDS = list(WORLD.read(RING).tokens)
MODEL = BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, d_model=16, n_layers=1, n_heads=2)).initialize(1).eval()


def test_the_ids_of_gaps() -> None:
    whole = TOKENIZER.encode(RING, bos=True, eos=True)
    assert gap_ids(TOKENIZER, WORDS).tolist() == [whole]
    hidden = [None, *WORDS[1:]]
    assert gap_ids(TOKENIZER, hidden).tolist() == [[whole[0], MASK_ID, *whole[2:]]]


def test_bad_input() -> None:
    with pytest.raises(CourseError, match="has no <mask>"):
        gap_ids(WordTokenizer.for_world(WORLD), WORDS)
    with pytest.raises(UnknownWord):
        gap_ids(TOKENIZER, ["zebra"])


def test_probabilities_for_every_gap_and_for_no_other_word() -> None:
    hidden = [None if place in (0, 7) else word for place, word in enumerate(WORDS)]
    found = model_gap_probabilities(MODEL, TOKENIZER, hidden)
    assert set(found) == {0, 7}
    for said in found.values():
        assert len(said) == TOKENIZER.vocab_size
        assert sum(said.values()) == pytest.approx(1, abs=1e-5)
        assert list(said.values()) == sorted(said.values(), reverse=True)


def test_the_pseudo_log_likelihood_is_one_word_after_another() -> None:
    ids = gap_ids(TOKENIZER, WORDS[:9])
    total = 0.0
    for place in range(9):
        hidden = [None if at == place else word for at, word in enumerate(WORDS[:9])]
        said = MODEL(gap_ids(TOKENIZER, hidden)).log_softmax(-1)
        total += said[0, place + 1, ids[0, place + 1]].item()
    assert pseudo_log_likelihood(MODEL, ids, MASK_ID) == pytest.approx(total, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(gaps=st.sets(st.integers(0, len(WORDS) - 1), max_size=8))
def test_all_gaps_are_filled_and_nothing_else_is_changed(gaps: set[int]) -> None:
    ids = gap_ids(TOKENIZER, [None if place in gaps else word for place, word in enumerate(WORDS)])
    before = ids.clone()
    model = BERT(MODEL.config).initialize(1).eval()
    with torch.no_grad():
        model.unembedding.weight[MASK_ID] = 0
        model.unembedding.weight[:MASK_ID] *= 30
    for fill in (fill_gaps, fill_at_once):
        filled = fill(model, ids, MASK_ID)
        assert torch.equal(ids, before)
        assert torch.equal(filled[before != MASK_ID], before[before != MASK_ID])
    if len(gaps) == 1:
        assert torch.equal(fill_gaps(model, ids, MASK_ID), fill_at_once(model, ids, MASK_ID))


def test_a_model_that_says_nothing_but_the_mask_comes_to_an_end() -> None:
    model = BERT(MODEL.config).initialize(1).eval()
    with torch.no_grad():
        model.unembedding.weight.zero_()  # all tokens alike: the first choice is token 0
    ids = gap_ids(TOKENIZER, [None, *WORDS[1:6], None])
    assert (fill_gaps(model, ids, 0) == ids).all()
    assert fill_gaps(model, ids, MASK_ID)[0, [1, 7]].tolist() == [0, 0]
    for_token_0 = torch.zeros_like(ids)
    assert torch.equal(fill_gaps(model, for_token_0, 0), for_token_0)
