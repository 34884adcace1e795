import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import BERT, EncoderDecoder, ModelConfig
from llmcourse.training import Batches, TrainConfig, evaluate, train
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import (
    MASK,
    SENTINELS,
    CausalLM,
    MaskedLM,
    SpanCorruption,
    cut_out,
    hide_words,
    parts,
)

WORDS = [f"w{number}" for number in range(10)]
TOKENIZER = WordTokenizer(WORDS, special=[MASK, *SENTINELS])


def row(n: int) -> list[int]:
    return TOKENIZER.encode(" ".join(WORDS[i % 10] for i in range(n)), bos=True, eos=True)


def test_causal_is_what_batches_do_by_themselves():
    texts = [" ".join(WORDS[:n]) for n in (3, 5, 7, 4)]
    plain = next(Batches(texts, TOKENIZER, 16, 2))
    asked = next(Batches(texts, TOKENIZER, 16, 2, objective=CausalLM(TOKENIZER)))
    assert torch.equal(plain.ids, asked.ids)
    assert torch.equal(plain.targets, asked.targets)


def test_masked_words_are_15_per_cent_and_80_10_10():
    rows = [row(60) for _ in range(400)]
    batch = MaskedLM(TOKENIZER)(rows, random.Random(0))
    asked = batch.targets != IGNORE
    original = torch.tensor(rows)
    assert torch.equal(batch.targets[asked], original[asked])
    assert asked[:, 1:-1].float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert not asked[:, 0].any()
    assert not asked[:, -1].any()
    masked = (batch.ids == TOKENIZER.id_of(MASK))[asked].float().mean().item()
    kept = (batch.ids == original)[asked].float().mean().item()
    assert masked == pytest.approx(0.8, abs=0.02)
    assert kept == pytest.approx(0.1 + 0.1 / 10, abs=0.02)  # a random word is one time in ten the word itself
    assert torch.equal(batch.ids[~asked], original[~asked])  # what is not asked about is not touched


def test_padding_is_hidden_and_not_asked_about():
    batch = MaskedLM(TOKENIZER)([row(3), row(9)], random.Random(0))
    assert batch.mask.tolist()[0] == [[True] * 5 + [False] * 6]
    assert (batch.targets[0, 5:] == IGNORE).all()


@given(n=st.integers(1, 30), seed=st.integers(0, 999))
def test_at_least_one_word_is_asked_for(n, seed):
    seen, asked = MaskedLM(TOKENIZER, share=0.01).hide(row(n), random.Random(seed))
    assert len(seen) == len(asked) == n + 2
    assert sum(id != IGNORE for id in asked) >= 1


@given(n=st.integers(2, 90), seed=st.integers(0, 999), share=st.sampled_from([0.15, 0.5, 0.9]))
def test_source_and_answer_hold_the_text_between_them(n, seed, share):
    """Put the stretches back where their sentinels stand, and the text is whole again."""
    objective = SpanCorruption(TOKENIZER, share=share)
    text = row(n)
    source, answer = objective.corrupt(text, random.Random(seed))
    stretches, current = {}, None
    for id in answer[:-1]:
        if id in objective.sentinels:
            current = id
            stretches[current] = []
        else:
            stretches[current].append(id)
    assert answer[-1] == TOKENIZER.eos_id
    assert stretches.pop(current) == []  # the last sentinel says that there are no more
    whole = [part for id in source for part in stretches.get(id, [id])]
    assert whole == text
    assert all(stretches.values())  # no stretch is empty
    assert len(answer) - 2 - len(stretches) == min(max(1, round(n * share)), n - 1)


def test_stretches_are_three_long_on_average():
    objective, rng = SpanCorruption(TOKENIZER), random.Random(0)
    lengths = [length for _ in range(200) for _, length in objective.stretches(60, rng)]
    assert sum(lengths) / len(lengths) == pytest.approx(3)
    assert min(lengths) == 1


def test_the_decoder_reads_what_it_wrote_one_place_later():
    batch = SpanCorruption(TOKENIZER)([row(20), row(40)], random.Random(0))
    assert (batch.ids[:, 0] == TOKENIZER.bos_id).all()
    scored = batch.targets[:, 1:] != IGNORE  # the end itself is not read
    assert torch.equal(batch.ids[:, 1:][scored], batch.targets[:, :-1][scored])
    assert batch.source_mask.shape == (2, 1, batch.source.shape[1])


@given(total=st.integers(1, 40), data=st.data())
def test_parts_sum_to_the_total(total, data):
    count = data.draw(st.integers(1, total))
    found = parts(total, count, random.Random(0))
    assert len(found) == count
    assert sum(found) == total
    assert min(found) >= 1


def test_a_lot_decides_what_is_seen():
    ids, strangers = torch.tensor([11, 12, 13, 14, 15]), torch.tensor([21, 22, 23, 24, 25])
    asked, lots = torch.tensor([False, True, True, True, True]), torch.tensor([0.0, 0.79, 0.8, 0.89, 0.9])
    seen, targets = hide_words(ids, asked, lots, strangers, 99)
    assert seen.tolist() == [11, 99, 23, 24, 15]
    assert targets.tolist() == [IGNORE, 12, 13, 14, 15]
    assert ids.tolist() == [11, 12, 13, 14, 15]


def test_the_smallest_text_with_spans():
    assert cut_out([1, 2, 3, 4, 5], [(1, 3), (4, 5)], [90, 91, 92]) == ([1, 90, 4, 91], [90, 2, 3, 91, 5, 92])
    assert cut_out([1, 2], [], [90]) == ([1, 2], [90])


@pytest.mark.parametrize("spans", [[(2, 2)], [(0, 3), (2, 4)], [(3, 6)], [(3, 4), (0, 1)], [(-1, 2)]])
def test_spans_that_cannot_be_cut_out(spans):
    with pytest.raises(CourseError, match="is empty, overlaps the one before, or leaves the text"):
        cut_out([1, 2, 3, 4, 5], spans, [90, 91, 92])


def test_too_few_sentinels():
    with pytest.raises(CourseError, match="2 spans need 3 sentinels, and there are 2"):
        cut_out([1, 2, 3, 4, 5], [(0, 1), (2, 3)], [90, 91])


@pytest.mark.parametrize(("family", "objective"), [(BERT, MaskedLM), (EncoderDecoder, SpanCorruption)])
def test_each_family_learns_by_its_objective_in_the_same_loop(family, objective, tmp_path):
    texts = [" ".join(WORDS[(start + i) % 10] for i in range(12)) for start in range(10)]
    config = ModelConfig(TOKENIZER.vocab_size, context=32, d_model=32, n_layers=2, n_heads=2)
    asks = objective(TOKENIZER)
    losses = []
    for _ in range(2):
        model = family(config).initialize(0)
        batches = Batches(texts * 4, TOKENIZER, 32, 20, objective=asks)
        before = evaluate(model, texts, TOKENIZER, objective=asks)
        history = train(model, batches, TrainConfig(steps=150, lr=0.01), validation=texts)
        losses.append(history.losses)
        assert history.validation[0][1] == evaluate(model, texts, TOKENIZER, objective=asks)
        assert history.validation[0][1] < before / 3
    assert losses[0] == losses[1]  # what is left to chance is the same in the same place of the stream


def test_what_was_left_to_chance_is_the_same_after_a_resumption():
    make = lambda: Batches([" ".join(WORDS)] * 30, TOKENIZER, 16, 4, objective=MaskedLM(TOKENIZER))  # noqa: E731
    whole, later = make(), make()
    for _ in range(9):
        next(whole)
    later.restore(whole.state())
    expected = whole.peek()
    assert torch.equal(next(later).ids, expected.ids)
    assert torch.equal(next(whole).ids, expected.ids)


def test_another_objective_is_another_run():
    plain = Batches([" ".join(WORDS)] * 9, TOKENIZER, 16, 4)
    masked = Batches([" ".join(WORDS)] * 9, TOKENIZER, 16, 4, objective=MaskedLM(TOKENIZER))
    with pytest.raises(CourseError, match="same documents and settings"):
        masked.restore(plain.state())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaskedLM(WordTokenizer(WORDS)), "a tokenizer with <mask>"),
        (lambda: SpanCorruption(WordTokenizer(WORDS)), "a tokenizer with <extra_id_0>"),
        (lambda: MaskedLM(TOKENIZER, share=0.0), "share must lie above 0"),
        (lambda: MaskedLM(TOKENIZER, masked=0.8, randomized=0.3), "shares of at most 1"),
        (lambda: SpanCorruption(TOKENIZER, share=1.0), "share must lie between 0 and 1"),
        (lambda: SpanCorruption(TOKENIZER)([row(1)], random.Random(0)), "a text of 1 words"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(make, message):
    with pytest.raises(CourseError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
