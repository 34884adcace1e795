"""A crawl keeps its truth: what each page tells, what was done to it, what is private in it."""

import hashlib
import html
from collections import Counter

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.dirt import KINDS, crawl
from llmcourse.corpus.dirt.copies import MOST_COPIES
from llmcourse.errors import CourseError

DOCUMENTS = [story.text for story in World().stories(200, seed=4)]
LEAKS = [story.text for story in World().stories(20, seed=5)]
EDITS = {"light edit", "medium edit", "heavy edit"}
WORTHLESS = {"spam", "keywords", "notice", "other script"}


@pytest.fixture(scope="module")
def pages():
    return crawl(DOCUMENTS, dirt=0.4, seed=1, leaks=LEAKS)


def test_without_dirt_a_crawl_is_its_documents():
    assert [page.text for page in crawl(DOCUMENTS, dirt=0.0)] == DOCUMENTS
    leaked = crawl(DOCUMENTS[:3], dirt=0, leaks=LEAKS[:2])
    assert [page.leaked for page in leaked] == [False] * 3 + [True] * 2


def test_every_kind_happens_and_kinds_meet(pages):
    assert {kind for page in pages for kind in page.kinds} == set(KINDS)
    assert any({"private", "typography", "mojibake", "copy"} <= set(page.kinds) for page in pages)


def test_each_page_knows_its_story(pages):
    for page in pages:
        if WORTHLESS & set(page.kinds) or "shouting" in page.kinds:
            assert page.story == "" and not page.wanted
        else:
            assert page.story == [*DOCUMENTS, *LEAKS][page.source]
            assert page.leaked == (page.source >= len(DOCUMENTS)) == (not page.wanted)
        assert (page.source is None) == bool(WORTHLESS & set(page.kinds))


def test_a_story_stands_in_its_page_until_characters_are_changed(pages):
    for page in pages:
        if page.story and not {"typography", "mojibake", *EDITS} & set(page.kinds):
            words = html.unescape(page.text)
            assert all(word in words for word in page.story.split())


def test_private_strings_stand_in_the_page_and_belong_to_nobody(pages):
    reserved = ("example.org", "example.com", "example.net", "(dot) org", "01", "192.0.2.", "198.51.100.", "203.0.113.")
    for page in pages:
        assert bool(page.private) == ("private" in page.kinds)
        for string in page.private:
            assert any(mark in string for mark in reserved)
            assert "@" in string or "(at)" in string or "555" in string or "960" in string or string.count(".") == 3
            if not {"typography", "mojibake"} & set(page.kinds):
                assert string in page.text


def test_a_few_stories_are_copied_often_and_leaks_never(pages):
    told = Counter(page.source for page in pages if page.source is not None)
    assert max(told.values()) > 10 and max(told.values()) <= 1 + MOST_COPIES
    assert all(told[len(DOCUMENTS) + number] == 1 for number in range(len(LEAKS)))
    assert sorted(told) == list(range(len(DOCUMENTS) + len(LEAKS)))  # every document is there


def test_only_the_kinds_that_are_asked_for():
    pages = crawl(DOCUMENTS, dirt=0.5, kinds=["private", "spam"])
    assert {kind for page in pages for kind in page.kinds} == {"private", "spam"}
    assert all(page.story in " ".join(page.text.split()) for page in pages)


def test_the_same_pages_on_every_machine():
    pages = crawl(DOCUMENTS[:50], dirt=0.4, seed=3, leaks=LEAKS[:5])
    digest = hashlib.sha256("\0".join(page.text for page in pages).encode()).hexdigest()
    assert digest[:16] == "304eb3c9f1d85328"
    assert pages != crawl(DOCUMENTS[:50], dirt=0.4, seed=4, leaks=LEAKS[:5])


@pytest.mark.parametrize("dirt", [1.5, -0.1, "much", None, True, float("nan")])
def test_a_share_that_is_none(dirt):
    with pytest.raises(CourseError, match="dirt is"):
        crawl(DOCUMENTS, dirt)


def test_other_bad_input():
    with pytest.raises(CourseError, match="no dirt of the kind 'mud'"):
        crawl(DOCUMENTS, 0.1, kinds=["mud"])
    with pytest.raises(CourseError, match="document 1 is ''"):
        crawl([DOCUMENTS[0], ""], 0.1)
    with pytest.raises(CourseError, match="document 0 is 7"):
        crawl([7], 0.1)
    assert crawl([], 0.5) == []
    assert len(crawl(DOCUMENTS[:3], 1)) > 3


def test_the_world_can_be_crawled_clean_or_dirty():
    clean, dirty = World().crawl(30, seed=1), World().crawl(30, dirt=0.5, seed=1)
    assert [page.text for page in clean] == [story.text for story in World().stories(30, seed=1)]
    assert any(page.kinds for page in dirty) and not any(page.kinds for page in clean)
