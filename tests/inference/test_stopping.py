import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import cut_at_stop, held_back
from llmcourse.inference.stopping import check_stops

texts = st.text(alphabet="ab ", max_size=12)
stops = st.lists(st.text(alphabet="ab ", min_size=1, max_size=4), max_size=3)


@given(text=texts, stop=stops)
def test_a_text_ends_where_the_first_stop_string_begins(text: str, stop: list[str]) -> None:
    cut, stopped = cut_at_stop(text, stop)
    assert text.startswith(cut)
    assert stopped == any(string in text for string in stop)
    if stopped:
        assert any(text[len(cut) :].startswith(string) for string in stop)
        assert not any(text[place:].startswith(string) for place in range(len(cut)) for string in stop)


@given(text=texts, stop=stops, later=texts)
def test_what_is_not_held_back_can_be_shown(text: str, stop: list[str], later: str) -> None:
    if cut_at_stop(text, stop)[1]:
        return
    shown = text[: len(text) - held_back(text, stop)]
    assert cut_at_stop(text + later, stop)[0].startswith(shown)


@given(text=texts, stop=stops)
def test_no_more_is_held_back_than_has_to_be(text: str, stop: list[str]) -> None:
    waiting = held_back(text, stop)
    if waiting:
        assert any(string.startswith(text[-waiting:]) and len(string) > waiting for string in stop)


def test_stop_strings_that_are_none() -> None:
    with pytest.raises(CourseError, match="a stop string is empty"):
        check_stops(["a", ""])
    with pytest.raises(CourseError, match=r"stop='ab' is one string: put it into a list, \['ab'\]"):
        check_stops("ab")
