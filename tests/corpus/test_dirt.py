"""Dirt keeps its truth."""

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.dirt import DAMAGE, crawl
from llmcourse.errors import CourseError

DOCUMENTS = [story.text for story in World().stories(200, seed=4)]


def test_without_dirt_a_crawl_is_its_documents():
    assert [page.text for page in crawl(DOCUMENTS, dirt=0.0)] == DOCUMENTS


def test_each_page_tells_what_was_done_to_it():
    pages = crawl(DOCUMENTS, dirt=0.4, seed=1)
    kinds = {kind for page in pages for kind in page.dirt}
    assert kinds == {*DAMAGE, "exact duplicate", "near duplicate", "spam"}
    for page in pages:
        if not page.dirt or page.dirt == ("exact duplicate",):
            assert page.text == DOCUMENTS[page.source]
        elif page.dirt == ("spam",):
            assert page.source is None
        else:
            assert page.text != DOCUMENTS[page.source]
    copies = sum("exact duplicate" in page.dirt for page in pages)
    assert 50 <= copies <= 110  # 80 expected of 200


def test_damage_can_be_told_by_its_marks():
    pages = crawl(DOCUMENTS, dirt=0.5, seed=2)
    marks = {"markup": "<p>", "boilerplate": "cookies", "mojibake": "â", "private": "@example.org", "shouting": "!!!"}
    for kind, mark in marks.items():
        damaged = [page for page in pages if kind in page.dirt]
        assert damaged and all(mark in page.text for page in damaged)
        assert not any(mark in document for document in DOCUMENTS)


def test_same_seed_same_pages_and_bad_shares_are_refused():
    assert crawl(DOCUMENTS, 0.3, seed=5) == crawl(DOCUMENTS, 0.3, seed=5)
    assert crawl(DOCUMENTS, 0.3, seed=5) != crawl(DOCUMENTS, 0.3, seed=6)
    with pytest.raises(CourseError, match="dirt is 1.5"):
        crawl(DOCUMENTS, 1.5)


def test_the_world_can_be_crawled_clean_or_dirty():
    clean, dirty = World().crawl(30, seed=1), World().crawl(30, dirt=0.5, seed=1)
    assert [page.text for page in clean] == [story.text for story in World().stories(30, seed=1)]
    assert any(page.dirt for page in dirty) and not any(page.dirt for page in clean)
