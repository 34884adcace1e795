from llmcourse.viz.decoders import among, before_and_after, quality_and_diversity


def texts(figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_what_is_out_says_so() -> None:
    figure = before_and_after(["a", "b"], [0.6, 0.4], {"cut": [1.0, 0.0], "none": [0.6, 0.4]}, title="T")
    assert texts(figure) == ["100%", "✗ out", "60%", "40%"]
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["cut", "none"]


def test_settings_are_named_unless_they_would_cover_each_other() -> None:
    families = {"one": {"0.1": (5.0, 1.0), "0.2": (5.1, 1.0), "0.9": (20.0, 0.5)}}
    figure = quality_and_diversity(families, world=25, title="T")
    assert texts(figure) == ["0.1", "0.9"]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["one", "the world itself"]


def test_marks_among_many() -> None:
    figure = among([-3.0, -2.0, -2.5], {"greedy": -2.2}, title="T", x="ln p")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["greedy"]
