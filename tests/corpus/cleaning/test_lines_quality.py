"""Lines and rules of thumb: what they keep, what they drop, and which wrong input they refuse."""

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.cleaning.lines import common_lines, sentence_lines, without_lines
from llmcourse.corpus.cleaning.quality import Rules, complaints, signals
from llmcourse.errors import CourseError


def test_sentence_lines():
    text = "Home\nMia ran.\n  Who?  \nTom.\n[ back ]\n"
    assert sentence_lines(text) == "Mia ran.\nWho?\nTom."
    assert sentence_lines(text, least_words=2) == "Mia ran."
    assert sentence_lines("") == ""


def test_common_lines_count_pages_and_not_digits():
    texts = {n: f"You are the visitor number {n}.\nStory {n} is told here but once: {'x' * n}.\nYes." for n in range(9)}
    assert common_lines(texts) == {"You are the visitor number 0."}
    assert without_lines(texts[3], common_lines(texts)) == "Story 3 is told here but once: xxx.\nYes."
    assert common_lines({}) == set()
    assert common_lines({0: "a b c d e.\n" * 50}) == set()  # often, but on one page


def test_no_story_of_the_world_is_complained_about():
    assert not any(complaints(story.text) for story in World().stories(200, seed=6))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Mia ran to the mill and sang.", "too short"),
        ("a i " * 30, "odd word lengths"),
        ("lamp kite ring coin " * 20, "no sentences"),
        ("βγα δεκα λου " * 20, "other script"),
        ("MIA RAN TO THE MILL AND SANG. " * 5, "all capitals"),
        ("buy the lamp and go to it now. " * 10, "repeats itself"),
        ("", "too short"),
    ],
)
def test_each_rule(text, complaint):
    assert complaint in complaints(text)


def test_signals_of_nothing_and_of_much():
    assert signals("").words == 0 and signals("").repeated == 0
    assert signals("... !!!").words == 0
    assert signals("word " * 200_000).repeated > 0.99
    assert signals("Zoë and café").other_letters == 0  # Latin letters with accents are no other script


def test_thresholds_can_be_set_and_must_be_possible():
    assert complaints("Mia ran to the mill and sang.", Rules(least_words=5)) == []
    for bad in ({"least_words": -1}, {"most_capitals": 1.5}, {"mean_word_length": (5, 3)}, {"least_stop_words": "two"}):
        with pytest.raises(CourseError):
            Rules(**bad)


@pytest.mark.parametrize("function", [sentence_lines, signals, complaints])
def test_no_text(function):
    with pytest.raises(CourseError, match="a text is wanted"):
        function(3.5)


def test_bad_input_for_lines():
    with pytest.raises(CourseError, match="least_words must be"):
        sentence_lines("a.", least_words=0)
    with pytest.raises(CourseError, match="share must lie between 0 and 1"):
        common_lines({}, share=2)
    with pytest.raises(CourseError, match=r"dict\(enumerate"):
        common_lines(["a", "b"])
    with pytest.raises(CourseError, match="page 1 is NoneType"):
        common_lines({0: "a", 1: None})
