"""A text cut into tokens, as a figure and as HTML."""

from llmcourse.corpus import BPETokenizer
from llmcourse.viz.pieces import pieces_figure, pieces_html

PAIRS = BPETokenizer([("i", "n"), ("in", "g"), ("r", "ing")])


def test_every_token_has_a_box_and_every_row_says_how_many_there_are() -> None:
    rows = {"early": ["r", "in", "g", " "], "late": ["ring"]}
    figure = pieces_figure(rows, title="It grows")
    (ax,) = figure.axes
    assert [text.get_text() for text in ax.texts] == ["early: 4 tokens", "r", "in", "g", "␣", "late: 1 token", "ring"]
    assert len(ax.patches) == 5
    assert figure.get_suptitle() == "It grows"


def test_ids_stand_below() -> None:
    figure = pieces_figure({"": ["ring", "s"]}, title="", ids={"": [12, 7]})
    assert [text.get_text() for text in figure.axes[0].texts][1:] == ["ring", "12", "s", "7"]


def test_a_long_row_goes_on_in_the_next_line() -> None:
    low = pieces_figure({"": ["ring"] * 5}, title="").get_figheight()
    assert pieces_figure({"": ["ring"] * 50}, title="").get_figheight() > low


def test_html_has_a_border_for_each_token_and_escapes_what_is_typed() -> None:
    html = pieces_html(PAIRS, "ring <b>")
    assert html.count("border:1px solid") == len(PAIRS.encode("ring <b>"))
    assert ">ring</code>" in html
    assert "<b>" not in html
    assert "&lt;" in html
    assert f"{len(PAIRS.encode('ring <b>'))} tokens for 8 characters" in html
    assert "0 tokens for 0 characters" in pieces_html(PAIRS, "")
