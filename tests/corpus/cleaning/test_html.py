"""HTML: the text comes out, scripts and menus do not, whatever one throws at it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import World
from llmcourse.corpus.cleaning import html
from llmcourse.corpus.cleaning.html import all_text, main_text
from llmcourse.corpus.dirt import crawl
from llmcourse.errors import CourseError


def test_the_story_comes_out_of_every_page_and_the_script_of_none():
    stories = [story.text for story in World().stories(60, seed=8)]
    for page in crawl(stories, dirt=0.3, kinds=["markup", "copy"]):
        text = main_text(page.text)
        assert page.story in " ".join(text.split())
        assert "<" not in text and "track(" not in text and "Log in" not in text


def test_entities_and_unclosed_tags():
    assert main_text("<p>Tom &amp; Mia<p>a&nbsp;ring").split() == ["Tom", "&", "Mia", "a", "ring"]
    assert main_text("<table><tr><td>menu</td><td>Mia ran.</td></tr></table>") == "menu\nMia ran."


@pytest.mark.parametrize("text", ["", "plain text", "2 < 3 and 3 > 2", "\n lines \n"])
def test_what_has_no_tags_is_left_alone(text):
    assert main_text(text) == text


@pytest.mark.parametrize(
    "odd", ["<" * 1000, "<div" * 2000, "<p>" * 5000, "<p>\0a", "<p>half \ud800 pair", "<!--", "<p"]
)
def test_odd_pages_do_no_harm(odd):
    assert isinstance(main_text(odd), str)


@settings(max_examples=50)
@given(st.text())
def test_any_text(text):
    assert isinstance(main_text("<p>" + text), str)
    assert isinstance(all_text(text), str)


def test_bad_input(monkeypatch):
    with pytest.raises(CourseError, match="not list"):
        main_text(["<p>"])
    monkeypatch.setattr(html, "LONGEST", 10)
    with pytest.raises(CourseError, match="a page of 11 characters"):
        main_text("<p>" + 8 * "a")
