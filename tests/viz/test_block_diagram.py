"""The drawing says what the code does: where the norms stand, and that both parts are there."""

from llmcourse.viz.block_diagram import STREAM, block_diagram


def test_the_norms_stand_in_the_branch_or_in_the_stream() -> None:
    figure = block_diagram()
    for ax, wiring in zip(figure.axes, ("pre", "post"), strict=True):
        norms = [text for text in ax.texts if text.get_text() == "norm"]
        assert len(norms) == 2
        assert all((norm.get_position()[0] == STREAM) == (wiring == "post") for norm in norms)
        words = " ".join(text.get_text() for text in ax.texts)
        assert "attention" in words and "feed-forward" in words and words.count("+") == 2
        assert wiring in ax.get_title()


def test_one_drawing_alone() -> None:
    assert len(block_diagram(("pre",), title="A block").axes) == 1
