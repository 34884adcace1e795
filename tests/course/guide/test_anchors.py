"""The names of headings, as JupyterLab and as GitHub and Sphinx have them."""

import pytest

from llmcourse.course.guide.anchors import headings, page_anchor, readable, short


def test_what_stands_in_code_is_no_heading() -> None:
    assert headings("# One\n```\n# no\n```\ntext\n### Two `three` ##") == [(1, "One"), (3, "Two `three`")]


def test_github_drops_capitals_and_marks() -> None:
    assert page_anchor("Chapter 04: Self-attention, *again*") == "chapter-04-self-attention-again"


def test_marks_of_html_are_read_as_words() -> None:
    assert readable("the mark <reply>,\n not `<pad>`") == "the mark &lt;reply>, not `<pad>`"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("4 · Why the square root", "Why the square root"),
        ("Exercise: top-k  ●○○ 5 minutes", "Exercise: top-k"),
        ("5. Surprise: good guessing", "Surprise: good guessing"),
        ("What `view` *does*", "What view does"),
    ],
)
def test_a_heading_has_a_short_form(heading: str, words: str) -> None:
    assert short(heading) == words
