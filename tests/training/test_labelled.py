import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.training.labelled import LabelledBatches, LabelledRow, collate_labelled

TOKENIZER = WordTokenizer([f"w{number}" for number in range(10)])
rows = st.lists(
    st.tuples(st.lists(st.integers(3, 12), min_size=1, max_size=9), st.integers(0, 4)).map(
        lambda drawn: LabelledRow(tuple(drawn[0]), (drawn[1],))
    ),
    min_size=1,
    max_size=40,
)


@given(rows, st.integers(1, 8), st.integers(0, 3))
@settings(max_examples=50)
def test_an_epoch_shows_each_row_once_but_for_an_incomplete_batch(some, batch_size, seed):
    batches = LabelledBatches(some, TOKENIZER, 9, batch_size, seed)
    shown = []
    for _ in range(len(batches)):
        batch = next(batches)
        for ids, mask, target in zip(batch.ids, batch.mask, batch.targets, strict=True):
            shown.append((tuple(ids[mask[0]].tolist()), tuple(target.tolist())))
    left = [(row.ids, row.targets) for row in some]
    for row in shown:
        left.remove(row)  # a row that is not there raises
    assert len(left) < batch_size


@given(rows, st.integers(1, 8), st.integers(0, 9))
@settings(max_examples=25)
def test_the_stream_goes_on_from_any_place(some, batch_size, place):
    first = LabelledBatches(some, TOKENIZER, 9, batch_size)
    for _ in range(place):
        next(first)
    second = LabelledBatches(some, TOKENIZER, 9, batch_size)
    second.restore(first.state())
    assert first.peek().ids.tolist() == second.peek().ids.tolist()
    assert next(first).targets.tolist() == next(second).targets.tolist()


def test_another_label_is_another_stream():
    one, other = (LabelledBatches([LabelledRow((3, 4), (label,))], TOKENIZER, 9) for label in (0, 1))
    with pytest.raises(CourseError, match="not those of the saved run"):
        other.restore(one.state())


def test_a_batch_is_padded_and_padding_is_hidden():
    batch = collate_labelled([LabelledRow((5, 6, 7), (1,)), LabelledRow((5,), (0,))])
    assert batch.ids.tolist() == [[5, 6, 7], [5, 0, 0]]
    assert batch.mask.tolist() == [[[True, True, True]], [[True, False, False]]]
    assert batch.targets.tolist() == [[1], [0]]
    assert batch.scored == 2
    assert batch.rows(1).ids.tolist() == [[5, 0, 0]]
    assert batch.segments is None


def test_segments_and_two_targets_go_with_their_rows():
    a = LabelledRow((5, 6, 7), (1, 2), segments=(0, 1, 1))
    b = LabelledRow((5, 6), (1, 1), segments=(0, 1))
    batch = collate_labelled([a, b]).to(torch.device("cpu"))
    assert batch.segments.tolist() == [[0, 1, 1], [0, 1, 0]]
    assert batch.targets.tolist() == [[1, 2], [1, 1]]
    said = batch.logits(lambda ids, mask, segments: torch.zeros(len(ids), 2, ids.shape[1]))
    assert said.shape == (2, 2, 3)  # a span head's own answer: two questions, one score for each place


def test_what_cannot_be_streamed_is_refused_in_one_line():
    with pytest.raises(CourseError, match="the list of labelled texts is empty"):
        LabelledBatches([], TOKENIZER, 9)
    with pytest.raises(CourseError, match="text 1 has 4 tokens, but the context is 3: shorten it"):
        LabelledBatches([LabelledRow((3,), (0,)), LabelledRow((3, 4, 5, 6), (0,))], TOKENIZER, 3)
    with pytest.raises(CourseError, match="must be at least 1, not 9 and 0"):
        LabelledBatches([LabelledRow((3,), (0,))], TOKENIZER, 9, batch_size=0)


def test_the_last_batch_in_words():
    batches = LabelledBatches([LabelledRow(tuple(TOKENIZER.encode("w1 w2", bos=True)), (0,))], TOKENIZER, 9)
    next(batches)
    assert batches.last == "batch 1 of epoch 1 (its first text begins 'w1 w2')"
