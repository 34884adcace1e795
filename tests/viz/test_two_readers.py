from llmcourse.viz.two_readers import two_readers


def names(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_the_true_word_is_marked_and_both_sides_are_drawn():
    figure = two_readers({"red": 0.5, "blue": 0.5}, {"red": 1.0}, "red", title="t")
    assert names(figure) == ["▶ red", "blue"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["100%", "0"]


def test_a_true_word_that_is_too_unlikely_for_the_picture_is_there_all_the_same():
    before = {f"w{n}": 1 / 20 for n in range(19)} | {"truth": 1 / 20}
    assert "▶ truth" in names(two_readers(before, before, "truth", title="t", top=5))
