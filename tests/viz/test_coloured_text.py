"""A text with a number for each token."""

import pytest
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.coloured_text import CHARACTERS, broken_into_lines, coloured_text, width

TOKENS = ["Mia", "lost", "her", "ring", "."] * 9


def words_in(figure: Figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_every_token_is_there_once_for_each_row_and_dear_ones_have_their_number() -> None:
    rows = {"before": [0.2] * 44 + [3.25], "after": [0.1] * 45}
    figure = coloured_text(TOKENS, rows, title="Cheaper")
    assert [ax.get_title(loc="left") for ax in figure.axes[:2]] == ["before", "after"]
    assert words_in(figure) == [*TOKENS, "3.2", *TOKENS]
    assert figure.get_suptitle() == "Cheaper"


def test_lines_are_as_long_as_fits() -> None:
    lines = broken_into_lines(TOKENS)
    assert [word for line in lines for _, word in line] == TOKENS
    assert all(sum(width(word) for _, word in line) <= CHARACTERS for line in lines)
    assert len(lines) > 1


def test_numbers_must_fit_the_tokens() -> None:
    with pytest.raises(CourseError, match="'before' has 2 numbers for 1 tokens"):
        coloured_text(["Mia"], {"before": [1.0, 2.0]}, title="")
