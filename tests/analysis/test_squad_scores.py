"""SQuAD's scores against a table made by hand from its published rules, and against laws that they obey."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.squad_scores import best_threshold, exact_match, f1_score, normalize_answer, score
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.errors import CourseError

CONTEXT = "Tom the sailor found the golden ring under a stone."
RING = SpanQuestion("ring", "What was found?", CONTEXT, ("golden ring", "ring"), (25, 32))
KEY = SpanQuestion("key", "Who lost the key?", CONTEXT)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The golden ring.", "golden ring"),
        ("the theatre, an anthem", "theatre anthem"),  # articles are whole words
        ("A.", ""),  # marks go first: what is left is an article
        ("the-ring", "thering"),  # a mark leaves no blank
        ("U.S.A.", "usa"),
        ("well-known", "wellknown"),
        ("snake_case", "snakecase"),
        (" two \t words\n", "two words"),
        ("a the An", ""),
        ("", ""),
        ("don’t", "don’t"),  # only the marks of ASCII
        ("The – ring", "– ring"),
        ("MERRY", "merry"),
    ],
)
def test_normalization(text, normal):
    assert normalize_answer(text) == normal


@given(st.text())
def test_marks_spaces_and_capitals_change_nothing(text):
    assert normalize_answer(normalize_answer(text)) == normalize_answer(text)
    assert normalize_answer(f"  {text}. ") == normalize_answer(text)


@pytest.mark.parametrize(
    ("prediction", "answers", "exact", "f1"),
    [
        ("The golden ring.", ("golden ring",), 1, 1),
        ("ring", ("golden ring",), 0, 2 / 3),
        ("ring", ("golden ring", "ring"), 1, 1),  # the best of several
        ("golden ring of Mia", ("golden ring", "ring"), 0, 2 / 3),  # P 2/4, R 1
        ("ring ring", ("ring",), 0, 2 / 3),  # a word counts as often as both have it
        ("ring golden", ("golden ring",), 0, 1),  # F1 does not see the order
        ("stone", ("golden ring",), 0, 0),
        ("", ("golden ring",), 0, 0),
        ("", (), 1, 1),  # rightly nothing
        ("the", (), 1, 1),  # nothing is left of it
        ("ring", (), 0, 0),
        ("", ("the",), 1, 1),  # version 2.0: such an answer is none
        ("ring", ("the",), 0, 0),
        ("ring", ("the", "ring"), 1, 1),
        ("", ("the", "ring"), 0, 0),  # one real answer, and the empty one does not count beside it
    ],
)
def test_scores_by_hand(prediction, answers, exact, f1):
    assert exact_match(prediction, answers) == exact
    assert f1_score(prediction, answers) == pytest.approx(f1)


words = st.lists(st.sampled_from(["ring", "key", "golden", "Mia", "the", "."]), max_size=5).map(" ".join)


@given(words, words)
def test_f1_is_symmetric_and_no_less_than_exact_match(one, other):
    assert f1_score(one, [other]) == pytest.approx(f1_score(other, [one]))
    assert 0 <= exact_match(one, [other]) <= f1_score(one, [other]) <= 1


@given(words, st.lists(words, min_size=1, max_size=3), words)
def test_another_gold_answer_never_lowers_a_score(prediction, answers, further):
    if normalize_answer(further) and any(map(normalize_answer, answers)):
        assert f1_score(prediction, [*answers, further]) >= f1_score(prediction, answers)


class TestScore:
    def test_means_in_per_cent(self):
        scores = score([RING, KEY], {"ring": "the ring", "key": "Tom"})
        assert (scores.exact, scores.f1, scores.total) == (50, 50, 2)
        assert (scores.has_answer_exact, scores.no_answer_exact) == (100, 0)

    def test_only_one_kind_of_question(self):
        assert score([KEY], {"key": ""}).has_answer_exact is None

    def test_bad_input(self):
        with pytest.raises(CourseError, match="'key' has no prediction"):
            score([RING, KEY], {"ring": "ring"})
        with pytest.raises(CourseError, match="list of questions is empty"):
            score([], {})


def question(number, has_answer):
    return SpanQuestion(str(number), "Who?", "Mia", ("Mia",) if has_answer else (), (0,) if has_answer else ())


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=1, max_size=8))
def test_the_best_threshold_is_the_best(rows):
    questions = [question(number, has_answer) for number, (has_answer, _, _) in enumerate(rows)]
    said = {str(number): "Mia" if right else "Tom" for number, (_, right, _) in enumerate(rows)}
    doubts = {str(number): float(doubt) for number, (_, _, doubt) in enumerate(rows)}

    def with_threshold(threshold):
        return score(questions, {id: "" if doubts[id] > threshold else said[id] for id in said}).exact

    best, threshold = best_threshold(questions, said, doubts)
    assert with_threshold(threshold) == pytest.approx(best)
    assert best == pytest.approx(max(with_threshold(limit) for limit in (-1, 0, 1, 2, 3, 4)))


def test_a_threshold_needs_doubts():
    with pytest.raises(CourseError, match="'0' has no doubt"):
        best_threshold([question(0, True)], {"0": "Mia"}, {})
