import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference.words import most_likely_word


@given(st.dictionaries(st.text(max_size=5), st.floats(0, 1), min_size=1))
def test_no_word_is_likelier(distribution):
    assert distribution[most_likely_word(distribution)] == max(distribution.values())


def test_of_equals_the_first():
    assert most_likely_word({"ran": 0.2, "sat": 0.4, "ate": 0.4}) == "sat"


def test_no_words_is_an_error_that_says_so():
    with pytest.raises(CourseError, match="empty"):
        most_likely_word({})
