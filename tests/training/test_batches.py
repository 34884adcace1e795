import itertools
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.training.batches import (
    Batches,
    collate,
    cut,
    document_ids,
    document_mask,
    next_token_targets,
    pack,
)
from llmcourse.training.loss import IGNORE

TOKENIZER = WordTokenizer([f"w{number}" for number in range(10)])
BOS, EOS, PAD = TOKENIZER.bos_id, TOKENIZER.eos_id, TOKENIZER.pad_id
bodies = st.lists(st.integers(3, 12), min_size=0, max_size=14)
rows_of_ids = bodies.map(lambda body: [BOS, *body, EOS])


def texts(count: int) -> list[str]:
    return [" ".join(f"w{(first + i) % 10}" for i in range(2 + first % 11)) for first in range(count)]


def scored(batch) -> Counter:
    """How often each target is scored."""
    return Counter(batch.targets[batch.targets != IGNORE].tolist())


@given(st.lists(rows_of_ids, min_size=1, max_size=30), st.integers(16, 40))
def test_packing_loses_nothing_splits_nothing_and_never_overflows(documents, context):
    rows = pack(documents, context)
    assert all(len(row) <= context + 1 for row in rows)
    parts = []
    for row in rows:
        starts = [i for i, id in enumerate(row) if id == BOS] + [len(row)]
        assert starts[0] == 0
        parts += [tuple(row[a:b]) for a, b in itertools.pairwise(starts)]
    assert Counter(parts) == Counter(map(tuple, documents))


@given(st.lists(rows_of_ids, min_size=2, max_size=30), st.integers(16, 40))
def test_packing_never_leaves_two_rows_that_would_fit_into_one(documents, context):
    lengths = sorted(len(row) for row in pack(documents, context))
    assert len(lengths) < 2 or lengths[0] + lengths[1] > context + 1


@given(rows_of_ids, st.integers(1, 10), st.data())
def test_cutting_scores_every_token_once_and_starts_each_piece_with_bos(document, context, data):
    first = data.draw(st.none() | st.integers(1, context))
    pieces = cut(document, context, first)
    assert all(piece[0] == BOS and 2 <= len(piece) <= context + 1 for piece in pieces)
    assert [id for piece in pieces for id in piece[1:]] == document[1:]


def test_targets_are_the_ids_one_place_on_and_padding_is_not_scored():
    batch = collate([[BOS, 5, 6, EOS], [BOS, 7, EOS]], TOKENIZER)
    assert batch.ids.tolist() == [[BOS, 5, 6], [BOS, 7, EOS]]
    assert batch.targets.tolist() == [[5, 6, EOS], [7, EOS, IGNORE]]
    assert batch.mask is None


def test_the_start_of_the_next_document_in_a_row_is_not_scored():
    batch = collate([[BOS, 5, EOS, BOS, 6, EOS]], TOKENIZER)
    assert batch.targets.tolist() == [[5, EOS, IGNORE, 6, EOS]]


@given(st.lists(rows_of_ids, min_size=1, max_size=5), st.integers(16, 40))
def test_what_follows_is_asked_for_unless_it_is_padding_or_a_beginning(documents, context):
    rows = pack(documents, context)
    width = max(map(len, rows))
    padded = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    before = padded.clone()
    ids, targets = next_token_targets(padded, PAD, BOS)
    assert torch.equal(ids, padded[:, :-1])
    for row, asked in zip(padded.tolist(), targets.tolist(), strict=True):
        assert asked == [IGNORE if id in (PAD, BOS) else id for id in row[1:]]
    assert torch.equal(padded, before)


def test_the_document_mask_allows_the_past_of_the_same_document_only():
    ids = torch.tensor([[BOS, 5, EOS, BOS, 6]])
    assert document_mask(ids, BOS)[0].int().tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 1, 1],
    ]


@given(st.lists(rows_of_ids, min_size=1, max_size=5), st.integers(16, 40))
def test_the_document_mask_agrees_with_a_loop_over_all_pairs(documents, context):
    batch = collate(pack(documents, context), TOKENIZER, masked=True)
    for row, mask in zip(batch.ids.tolist(), batch.mask.tolist(), strict=True):
        document = [row[: i + 1].count(BOS) for i in range(len(row))]
        for q in range(len(row)):
            assert mask[q] == [k <= q and document[k] == document[q] for k in range(len(row))]


@pytest.mark.parametrize("rows", ["documents", "packed"])
@given(count=st.integers(1, 40), batch_size=st.integers(1, 9), seed=st.integers(0, 5))
@settings(max_examples=25)
def test_an_epoch_shows_each_document_at_most_once_and_leaves_out_less_than_a_batch(rows, count, batch_size, seed):
    documents = texts(count)
    batches = Batches(documents, TOKENIZER, 24, batch_size, seed=seed, rows=rows)
    epoch = [next(batches) for _ in range(len(batches))]
    assert batches.epoch == 0
    shown = sum((batch.ids == BOS).sum().item() for batch in epoch)
    everything = sum((Counter(row[1:]) for row in document_ids(documents, TOKENIZER)), Counter())
    assert sum((scored(batch) for batch in epoch), Counter()) <= everything
    if rows == "documents":
        assert count - shown < batch_size
    assert len({len(batch.ids) for batch in epoch}) == 1  # all batches have the same number of rows


def test_rows_of_one_document_are_sorted_into_batches_with_little_padding():
    batches = Batches(texts(256), TOKENIZER, 24, 16)
    epoch = [next(batches) for _ in range(len(batches))]
    used = sum((batch.targets != IGNORE).sum().item() for batch in epoch)
    assert used / sum(batch.ids.numel() for batch in epoch) > 0.9


def test_epochs_differ_and_the_same_seed_repeats_them():
    def ids(seed: int) -> list:
        batches = Batches(texts(40), TOKENIZER, 24, 4, seed=seed)
        return [[next(batches).ids.tolist() for _ in range(len(batches))] for _ in range(2)]

    first, second = ids(0)
    assert first != second
    assert ids(0) == [first, second]
    assert ids(1)[0] != first


@pytest.mark.parametrize("settings", [{}, {"rows": "packed"}, {"rows": "packed", "masked": True}, {"cut_long": True}])
@pytest.mark.parametrize("taken", [0, 3, 10, 23])
def test_the_stream_continues_from_its_state(settings, taken):
    def fresh() -> Batches:
        return Batches(texts(40), TOKENIZER, 13, 4, seed=2, **settings)

    whole, resumed = fresh(), fresh()
    for _ in range(taken):
        next(whole)
    resumed.restore(whole.state())
    for _ in range(15):
        ours, theirs = next(resumed), next(whole)
        assert torch.equal(ours.ids, theirs.ids)
        assert torch.equal(ours.targets, theirs.targets)
        assert (ours.mask is None) == (theirs.mask is None)
        assert ours.mask is None or torch.equal(ours.mask, theirs.mask)


@pytest.mark.parametrize("change", [{"seed": 1}, {"batch_size": 5}, {"context": 30}, {"rows": "packed"}])
def test_a_state_does_not_fit_other_batches(change):
    state = Batches(texts(40), TOKENIZER, context=24, batch_size=4).state()
    other = Batches(texts(40), TOKENIZER, **{"context": 24, "batch_size": 4, **change})
    with pytest.raises(CourseError, match="same documents and settings"):
        other.restore(state)
    with pytest.raises(CourseError, match="same documents and settings"):
        Batches(texts(41), TOKENIZER, 24, 4).restore(state)


def test_long_documents_are_an_error_unless_they_may_be_cut():
    long = " ".join(["w1", "w2"] * 50)
    with pytest.raises(CourseError, match=r"document 1 has 101 tokens to predict, but the context is 24.*cut_long"):
        Batches(["w1", long], TOKENIZER, 24, 4)
    batches = Batches([long], TOKENIZER, 24, 2, cut_long=True)
    first = [next(batches) for _ in range(len(batches))]
    assert all(batch.ids.shape[1] <= 24 for batch in first)
    assert all((batch.ids[:, 0] == BOS).all() for batch in first)
    second = [next(batches) for _ in range(len(batches))]
    widths = [[batch.ids.shape[1] for batch in epoch] for epoch in (first, second)]
    assert widths[0] != widths[1]  # cut at other places


def test_a_document_that_just_fits_is_taken_and_one_more_token_is_too_much():
    Batches(["w1 w2 w3"], TOKENIZER, context=4, batch_size=1)  # <bos> w1 w2 w3 in, w1 w2 w3 <eos> out
    with pytest.raises(CourseError, match="4 tokens to predict"):
        Batches(["w1 w2 w3"], TOKENIZER, context=3, batch_size=1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rows": "windows"}, "'documents' or 'packed'"),
        ({"documents": []}, "list of documents is empty"),
        ({"batch_size": 0}, "at least 1"),
        ({"context": 0}, "at least 1"),
    ],
)
def test_wrong_settings_are_named(settings, message):
    with pytest.raises(CourseError, match=message):
        Batches(**{"documents": ["w1"], "tokenizer": TOKENIZER, "context": 8, "batch_size": 2, **settings})
