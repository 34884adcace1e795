"""Private data: reserved addresses of every shape are found, harmless numbers are not."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.cleaning.privacy import find_private, redact, redact_mail
from llmcourse.corpus.dirt.private import address, mail, phone
from llmcourse.errors import CourseError


@pytest.mark.parametrize(("make", "mark"), [(mail, "[MAIL]"), (phone, "[PHONE]"), (address, "[ADDRESS]")])
def test_everything_that_the_simulator_invents_is_found(make, mark):
    rng = Random(0)
    for _ in range(300):
        assert redact(f"Take {make(rng)}, or {make(rng)}. Yes, {make(rng)}.") == f"Take {mark}, or {mark}. Yes, {mark}."


@pytest.mark.parametrize(
    "harmless",
    [
        "", "At 10.30 on 2026-03-04.", "Pages 100-400, number 1234 of 10000.", "A lamp is 4.50 @ noon.", "b@ker, @mia",
        "12345-67890123", "version 1.2.3", "1.2.3.4.5", "300.1.1.1", "555-01234", "x555-0123",
    ],
)  # fmt: skip
def test_harmless_numbers_stay(harmless):
    assert redact(harmless) == harmless


def test_what_patterns_cannot_know():
    assert "[PHONE]" in redact("See 212-0345 in the catalogue.")  # a false alarm
    assert redact("mia (at) example (dot) org") == "mia (at) example (dot) org"  # a miss


@given(st.text())
def test_spans_are_ordered_apart_and_in_the_text(text):
    spans = find_private(text + " mia@example.org " + text)
    ends = [0]
    for start, end, _ in spans:
        assert ends[-1] <= start < end
        ends.append(end)
    assert any(kind == "MAIL" for *_, kind in spans)


def test_redacting_twice_changes_nothing_more():
    text = "mia@example.org, 555-0123, 192.0.2.1"
    assert redact(redact(text)) == redact(text) == "[MAIL], [PHONE], [ADDRESS]"
    assert redact_mail(text) == "[MAIL], 555-0123, 192.0.2.1"


def test_bad_and_huge_input():
    for function in (redact, redact_mail, find_private):
        with pytest.raises(CourseError, match="a text is wanted"):
            function(None)
    assert redact("a." * 100_000) == "a." * 100_000
    assert redact("5" * 100_000) == "5" * 100_000
