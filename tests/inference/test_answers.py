"""From scores to answers: the best span, several windows, and no answer."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.windows import windows
from llmcourse.errors import CourseError
from llmcourse.inference.answers import (
    Answer,
    Candidate,
    WindowScores,
    answer_questions,
    best_span,
    merge_windows,
    predictions,
    read_window,
)
from llmcourse.model import BERT, ModelConfig
from llmcourse.training.spans import span_reader

CONTEXT = "Mia lost a golden ring. Tom found the golden ring, and Mia was happy."
QUESTION = SpanQuestion("1", "Who found it?", CONTEXT, ("Tom",), (24,))
TOKENIZER = WordTokenizer.for_texts([CONTEXT, QUESTION.question])

scores = st.integers(2, 9).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-20, 20), min_size=n, max_size=n, unique=True) for _ in range(2)])
)


@given(scores, st.integers(1, 5))
def test_the_best_span_is_the_best_of_all(pair, longest):
    starts, ends = (torch.tensor(values).float() for values in pair)
    first, last = best_span(starts, ends, longest)
    assert first <= last < first + longest
    n = len(starts)
    allowed = [(a, b) for a, b in itertools.product(range(n), repeat=2) if a <= b < a + longest]
    assert starts[first] + ends[last] == max(starts[a] + ends[b] for a, b in allowed)


def test_the_two_best_places_may_be_no_span():
    starts, ends = torch.tensor([0.0, 1.0, 5.0]), torch.tensor([5.0, 0.0, 4.0])
    assert best_span(starts, ends) == (2, 2)
    with pytest.raises(CourseError, match="longest=0"):
        best_span(starts, ends, longest=0)


def test_reading_a_window():
    (window,) = windows(QUESTION, TOKENIZER)
    logits = torch.full((2, len(window.ids)), -9.0)
    logits[:, 0] = torch.tensor([1.0, 2.0])
    logits[:, -2] = 50  # a word of the question: never an answer
    tom = window.target[0]
    logits[0, tom], logits[1, tom], logits[1, tom + 1] = 4, 3, 2
    found = read_window(window, logits, n_best=2)
    assert found.nowhere == 3
    assert [(c.text, c.score) for c in found.candidates] == [("Tom", 7), ("Tom found", 6)]
    assert CONTEXT[found.candidates[0].start : found.candidates[0].end] == "Tom"


def candidate(start, score):
    return Candidate(start, start + 3, f"at {start}", score)


def test_merging_windows():
    one = WindowScores([candidate(4, 2.0), candidate(9, 1.0)], nowhere=0.5)
    two = WindowScores([candidate(9, 5.0), candidate(20, -1.0)], nowhere=-2.0)
    merged, doubt = merge_windows([one, two], n_best=2)
    assert merged == [candidate(9, 5.0), candidate(4, 2.0)]
    assert doubt == -7  # the second window is sure that it has an answer
    with pytest.raises(CourseError, match="no window"):
        merge_windows([])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=6))
def test_the_order_of_windows_does_not_matter(rows):
    found = [WindowScores([candidate(place, float(score))], float(nowhere)) for place, score, nowhere in rows]
    (best, *_), doubt = merge_windows(found)
    (other, *_), other_doubt = merge_windows(found[::-1])
    assert best.score == other.score
    assert doubt == other_doubt


def test_a_threshold():
    answer = Answer("Tom", 0.5, (candidate(0, 1.0),))
    assert (answer.unless(), answer.unless(0.5), answer.unless(-1)) == ("", "Tom", "")
    assert predictions({"1": answer}, 0.7) == {"1": "Tom"}


def test_a_text_in_windows_has_one_answer():
    bert = BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, context=12, d_model=16, n_layers=1, n_heads=2))
    reader = span_reader(bert.initialize(0))
    torch.nn.init.normal_(reader.head.scores.weight)
    other = SpanQuestion("2", "Who lost it?", CONTEXT)
    answers = answer_questions(reader, TOKENIZER, [QUESTION, other], stride=3, n_best=50)
    assert list(answers) == ["1", "2"]
    for answer in answers.values():
        assert answer.text in CONTEXT
        places = [(c.start, c.end) for c in answer.candidates]
        assert len(set(places)) == len(places)
        assert [c.score for c in answer.candidates] == sorted((c.score for c in answer.candidates), reverse=True)
    in_two = answer_questions(reader, TOKENIZER, [QUESTION, other], stride=3, batch_size=1)
    assert {id: a.text for id, a in in_two.items()} == {id: a.text for id, a in answers.items()}
