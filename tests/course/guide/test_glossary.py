"""Every term stands where the glossary says that it is introduced, and is not introduced earlier by other words."""

import re
from dataclasses import replace

import pytest

from llmcourse.course.guide.anchors import page_anchor
from llmcourse.course.guide.glossary import Term, glossary_page, is_bold, place_of, terms
from llmcourse.course.guide.notes import all_notes
from llmcourse.course.guide.outline import outline
from llmcourse.errors import CourseError

NOTES = all_notes()
TERMS = terms()
THERE = [term for term in TERMS if term.chapter in NOTES]
NAMES = {term.name: term for term in TERMS}
EACH = pytest.mark.parametrize("term", THERE, ids=[term.name for term in THERE])


def core(words: str) -> str:
    """The first words without the marks that stand in the notebook only."""
    return re.escape(words).replace(r"\ ", r"\s+")


@EACH
def test_a_term_stands_where_it_is_said_to_be_introduced(term: Term) -> None:
    place = place_of(term, NOTES[term.chapter])
    assert re.search(core(term.words), place.text, flags=re.IGNORECASE)
    assert place.heading


@EACH
def test_no_earlier_chapter_introduces_it(term: Term) -> None:
    """What an earlier chapter has in bold is another term, which the glossary has too: the head of a layer, say."""
    earlier = [notes for number, notes in NOTES.items() if number < term.chapter]
    for words in {term.name, term.words}:
        bold = [notes.number for notes in earlier if any(is_bold(words, place.text) for place in notes.places)]
        other = NAMES.get(words)
        if bold and not (other and other.name != term.name and other.chapter <= bold[0]):
            pytest.fail(f"chapter {bold[0]} has {words!r} in bold")


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(CourseError, match="the glossary's 'softmax': chapter 04 does not say 'soft max'"):
        place_of(replace(NAMES["softmax"], words="soft max"), NOTES["04"])
    with pytest.raises(CourseError, match="under '2 ·'"):
        place_of(replace(NAMES["causal mask"], under="2 ·"), NOTES["04"])


def test_bold_is_found_whole_and_in_the_plural() -> None:
    assert is_bold("token", "text as **tokens**: words")
    assert not is_bold("token", "a **special token**")
    assert not is_bold("token", "a token, and **bold** words")


def test_the_glossary_covers_the_course() -> None:
    assert len(THERE) >= 180
    assert {term.chapter for term in THERE} == set(NOTES)
    assert {term.chapter for term in TERMS} <= set(outline())


@pytest.mark.parametrize("term", TERMS, ids=[term.name for term in TERMS])
def test_an_entry_is_short_and_its_references_exist(term: Term) -> None:
    assert re.match(r"[A-Z0-9−]|\$|e\b", term.means)
    assert term.means.endswith(".")
    assert 4 <= len(term.means.split()) <= 45
    assert set(term.see) <= set(NAMES) - {term.name}
    assert set(term.more) <= set(outline()) - {term.chapter}


def test_the_page_is_in_the_order_of_the_alphabet_and_complete() -> None:
    page = glossary_page()
    names = re.findall(r"^### (.+)$", page, flags=re.MULTILINE)
    assert sorted(names, key=str.lower) == sorted((term.name for term in THERE), key=str.lower)
    assert names == [term.name for term in THERE]
    letters = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
    assert letters == sorted(letters)
    assert all(f"[{letter}](#{page_anchor(letter)})" in page for letter in letters)
    assert f"{len(THERE)} terms" in page
