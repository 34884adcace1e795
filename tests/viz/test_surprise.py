import pytest

from llmcourse.errors import CourseError
from llmcourse.viz.surprise import LETTERS_PER_LINE, MARGIN, set_in_lines, surprise_bars

WORDS = ["Mia", "the", "baker", "lived", "near", "the", "mill", ".", "One", "cold", "morning", "she", "walked", "."]


def test_lines_hold_what_fits_and_words_do_not_overlap():
    places = set_in_lines(WORDS * 5)
    assert places[0][:2] == (0, 0.0)
    for word, (line, left, width), (next_line, next_left, _) in zip(WORDS * 5, places, places[1:], strict=False):
        assert left + width <= LETTERS_PER_LINE + MARGIN * (word == ".")
        assert (next_line, next_left) == (line + 1, 0.0) or (next_line == line and next_left >= left + width)


def test_no_line_begins_with_a_mark():
    places = set_in_lines([*"abcdefghijkl", "twelve letters and so on until the line is full", ".", "Then"])
    assert [line for line, _, _ in places[-3:]] == [1, 1, 1]
    places = set_in_lines(["a" * (LETTERS_PER_LINE - 1), ".", "Then"])
    assert [line for line, _, _ in places] == [0, 0, 1]


def test_surprise_bars_stand_over_their_words():
    said, true = [0.1 * i for i in range(len(WORDS))], [0.2] * len(WORDS)
    figure = surprise_bars(WORDS, said, true, title="Chance")
    assert len(figure.axes) == set_in_lines(WORDS)[-1][0] + 1
    heights = [bar.get_height() for ax in figure.axes for container in ax.containers for bar in container]
    assert sorted(heights) == pytest.approx(sorted(said + true))
    assert [text.get_text() for ax in figure.axes for text in ax.texts] == WORDS
    assert figure.get_suptitle() == "Chance"
    assert max(heights) < figure.axes[0].get_ylim()[1]


def test_numbers_that_do_not_fit_the_words():
    with pytest.raises(CourseError, match="2 tokens and 1 numbers"):
        surprise_bars(["Mia", "ran"], [1.0, 2.0], [1.0])
    with pytest.raises(CourseError, match="no text"):
        surprise_bars([], [], [])
