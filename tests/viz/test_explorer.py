import pytest

from llmcourse.errors import CourseError
from llmcourse.viz.explorer import AttentionExplorer, NextWordView
from llmcourse.viz.gap_view import GapView
from llmcourse.viz.weights import read_attention


@pytest.fixture
def explorer(scene) -> AttentionExplorer:
    return AttentionExplorer(scene.model, scene.tokenizer, scene.text, scene.world, layer=1, head=2)


def test_the_explorer_shows_the_chosen_head(scene, explorer: AttentionExplorer) -> None:
    attention = read_attention(scene.model, scene.tokenizer, scene.text)
    for layer, head in [(1, 2), (2, 2), (2, 0)]:
        explorer.layer, explorer.head = layer, head
        rows = explorer.shown["rows"]
        assert (explorer.shown["layer"], explorer.shown["head"]) == (layer, head)
        for query, row in enumerate(rows):
            assert row[query + 1 :] == [None] * (len(rows) - query - 1)  # what the mask forbids
            assert row[: query + 1] == pytest.approx(attention.head(layer, head)[query, : query + 1].tolist(), abs=6e-4)


def test_the_explorer_outlines_true_links(scene, explorer: AttentionExplorer) -> None:
    tokens = explorer.shown["tokens"]
    assert [(tokens[query], tokens[key]) for query, key in explorer.shown["links"]][:2] == [
        ("she", "Nora"),
        ("she", "she"),
    ]
    assert AttentionExplorer(scene.model, scene.tokenizer, scene.text).shown["links"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [("Nora saw a zebra.", "'zebra' is not in the vocabulary"), (" ", "no text"), ("Mia " * 200, "201 tokens")],
)
def test_bad_text_is_answered_in_the_widget(explorer: AttentionExplorer, text: str, message: str) -> None:
    before = explorer.shown
    explorer.text = text
    assert message in explorer.shown["message"]
    assert "\n" not in explorer.shown["message"]
    assert explorer.shown["rows"] == before["rows"]  # the last good picture stays
    explorer.text = "Mia ran."
    assert explorer.shown["message"] == ""
    assert explorer.shown["tokens"] == ["<bos>", "Mia", "ran", "."]


def test_bad_text_from_the_start_is_a_message_too(scene) -> None:
    explorer = AttentionExplorer(scene.model, scene.tokenizer, "zebra")
    assert "'zebra'" in explorer.shown["message"]
    assert explorer.shown["tokens"] == []
    assert explorer.picture().png


def test_a_head_that_is_not_there_is_refused(scene) -> None:
    with pytest.raises(CourseError, match=r"no head 3\.0: layers run from 0 to 2, heads from 0 to 3"):
        AttentionExplorer(scene.model, scene.tokenizer, "Mia", layer=3)


@pytest.mark.parametrize("make", [AttentionExplorer, NextWordView])
def test_widgets_carry_a_picture_and_fixed_words(scene, make) -> None:
    widgets = [make(scene.model, scene.tokenizer, text="Mia", world=scene.world) for _ in range(2)] if (
        make is AttentionExplorer
    ) else [make(scene.model, scene.tokenizer, scene.world, "Mia") for _ in range(2)]  # fmt: skip
    (data, metadata), (again, _) = (widget._repr_mimebundle_() for widget in widgets)
    assert data["text/plain"] == again["text/plain"] == metadata["image/png"]["alt"] == repr(widgets[0])
    assert data["image/png"] == again["image/png"]


@pytest.mark.parametrize("widget", [AttentionExplorer, NextWordView, GapView])
def test_widgets_fetch_nothing(widget) -> None:
    for source in (str(widget._esm), str(widget._css)):
        text = source.replace("http://www.w3.org/2000/svg", "")
        for word in (
            "http:",
            "https:",
            "fetch(",
            "import(",
            "import ",
            "XMLHttpRequest",
            "WebSocket",
            "@import",
            "url(",
        ):
            assert word not in text, word


@pytest.fixture
def view(scene) -> NextWordView:
    return NextWordView(scene.model, scene.tokenizer, scene.world, "Nora was a", top=5)


def test_the_worlds_exact_probabilities_stand_beside_the_models(scene, view: NextWordView) -> None:
    truth = scene.world.next_word("Nora was a")
    assert len(view.shown["rows"]) == 5
    for row in view.shown["rows"]:
        assert row["truth"] == truth.get(row["word"], 0.0)
        assert 0 <= row["model"] <= 1
    assert view.shown["note"].startswith("Model and world agree on ")


def ask(view: NextWordView, **request: str) -> None:
    view._handle_custom_msg(request, [])


def test_a_click_appends_and_can_be_taken_back(view: NextWordView) -> None:
    ask(view, do="append", word="painter")
    assert view.prompt == view.shown["prompt"] == "Nora was a painter"
    ask(view, do="undo")
    ask(view, do="undo")
    assert view.prompt == "Nora was"
    ask(view, do="restart")
    assert view.prompt == "Nora was a"


def test_punctuation_is_appended_as_it_is_written(view: NextWordView) -> None:
    view.prompt = "Mia ran"
    view.append(".")
    assert view.prompt == "Mia ran."


@pytest.mark.parametrize("request_", [{"do": "append", "word": "zebra"}, {"do": "nothing"}, {}])
def test_every_request_is_answered(view: NextWordView, request_: dict[str, str]) -> None:
    before = view.shown
    ask(view, **request_)
    assert view.prompt == "Nora was a"
    assert view.shown["rows"] == before["rows"]
    assert view.shown != before  # or the browser would go on waiting


def test_an_unknown_word_is_answered_in_the_widget(view: NextWordView) -> None:
    view.prompt = "Nora was a zebra"
    assert "'zebra' is not in the vocabulary" in view.shown["message"]
    assert len(view.shown["rows"]) == 5
    ask(view, do="restart")
    assert view.shown["message"] == ""


def test_after_what_the_world_would_never_write_it_has_no_bars(view: NextWordView) -> None:
    view.prompt = "Nora Nora"
    assert {row["truth"] for row in view.shown["rows"]} == {None}
    assert "word 2, 'Nora', cannot stand there" in view.shown["note"]


def test_after_a_whole_story_comes_its_end(scene) -> None:
    view = NextWordView(scene.model, scene.tokenizer, scene.world, scene.story.text)
    end = next(row for row in view.shown["rows"] if row["truth"])
    assert end == {"word": "<eos>", "label": "(end of story)", "model": end["model"], "truth": 1.0, "ends": True}


def test_a_view_without_a_beginning(scene) -> None:
    view = NextWordView(scene.model, scene.tokenizer, scene.world)
    assert view.shown["message"] == ""
    ask(view, do="undo")
    assert view.prompt == ""
    assert NextWordView(scene.model, scene.tokenizer, scene.world, "zebra").picture().png
