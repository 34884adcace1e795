"""Characters: mojibake is undone, what only looks different becomes the same, and the order counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.cleaning.characters import clean_characters, repair, tidy
from llmcourse.errors import CourseError


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("Tomâ€™s cafÃ©", "Tom’s café"),
        ("TomÃ¢â‚¬â„¢s cafÃƒÂ©", "Tom’s café"),  # twice over
        ("no damage, no change: naïve", "no damage, no change: naïve"),
        ("&amp; stays, and “quotes” stay", "&amp; stays, and “quotes” stay"),
        ("", ""),
    ],
)
def test_repair(damaged, whole):
    assert repair(damaged) == whole


def test_tidy():
    assert tidy("the\u00a0ﬁsh \u200b ﬂew\u00ad\t away \r\n\n  home ") == "the fish flew away\n\nhome"
    assert tidy("\ud800\ufeff\x00a") == "a"


def test_the_wrong_order_destroys_the_evidence():
    assert clean_characters("Tomâ€™s") == "Tom’s"
    assert repair(tidy("Tomâ€™s")) != "Tom’s"


@given(st.text())
def test_tidy_twice_is_tidy_once(text):
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(st.characters(max_codepoint=126, min_codepoint=32)))
def test_ascii_only_loses_blanks(text):
    assert clean_characters(text) == " ".join(text.split())


@pytest.mark.parametrize("function", [repair, tidy, clean_characters])
def test_bad_input(function):
    with pytest.raises(CourseError, match="not bytes: decode them first"):
        function(b"bytes")
    with pytest.raises(CourseError, match="not NoneType"):
        function(None)
    assert len(function("â€™" * 100_000)) > 0  # huge
