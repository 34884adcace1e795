import pytest

from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.examples import RING
from llmcourse.corpus.gaps import gap_probabilities
from llmcourse.errors import CourseError
from llmcourse.inference.gaps import model_gap_probabilities
from llmcourse.model import BERT, ModelConfig
from llmcourse.training.objectives import MASK
from llmcourse.viz.gap_view import MOST_FOR_THE_WORLD, GapView

WORLD = World()
WORDS = WordTokenizer.for_world(WORLD, special=[MASK])
STORY = WORLD.read(RING).tokens


@pytest.fixture(scope="module")
def model() -> BERT:
    return BERT(ModelConfig(WORDS.vocab_size, context=128, d_model=16, n_layers=1, n_heads=2)).initialize(0).eval()


@pytest.fixture
def view(model: BERT) -> GapView:
    return GapView(model, WORDS, WORLD, RING, [2, 20], top=4)


def ask(view: GapView, **request: object) -> None:
    view._handle_custom_msg(request, [])


def hidden(view: GapView) -> list[int]:
    return [place for place, word in enumerate(view.shown["words"]) if word["hidden"]]


def test_it_shows_both_answers_to_the_chosen_gap(view: GapView, model: BERT) -> None:
    pattern = [None if place in (2, 20) else word for place, word in enumerate(STORY)]
    said, truth = model_gap_probabilities(model, WORDS, pattern), gap_probabilities(WORLD, pattern)
    assert (view.shown["chosen"], hidden(view)) == (2, [2, 20])
    assert [word["text"] for word in view.shown["words"]] == list(STORY)
    assert len(view.shown["rows"]) == 4
    for row in view.shown["rows"]:
        assert (row["model"], row["truth"]) == (said[2][row["label"]], truth[2].get(row["label"], 0.0))
    assert view.shown["words"][20]["guess"] == next(iter(said[20]))
    assert f"“{STORY[2]}”" in view.shown["note"]


def test_a_click_hides_asks_and_fills_again(view: GapView) -> None:
    ask(view, do="click", place=5)
    assert (view.shown["chosen"], hidden(view)) == (5, [2, 5, 20])
    ask(view, do="click", place=20)  # a gap: it is asked about
    assert (view.shown["chosen"], hidden(view)) == (20, [2, 5, 20])
    ask(view, do="click", place=20)  # once more: it is filled, and the nearest other gap comes next
    assert (view.shown["chosen"], hidden(view)) == (5, [2, 5])
    ask(view, do="click", place=5)
    ask(view, do="click", place=2)
    assert hidden(view) == [2]  # the last gap stays
    ask(view, do="restart")
    assert (view.shown["chosen"], hidden(view)) == (2, [2, 20])


@pytest.mark.parametrize("request_", [{"do": "click", "place": 999}, {"do": "click"}, {"do": "nothing"}, {}])
def test_every_request_is_answered(view: GapView, request_: dict) -> None:
    before = view.shown
    ask(view, **request_)
    assert view.shown != before  # or the browser would go on waiting
    assert {**view.shown, "answer": 0} == {**before, "answer": 0}


def test_with_many_gaps_the_world_is_not_asked(model: BERT) -> None:
    view = GapView(model, WORDS, WORLD, RING, list(range(MOST_FOR_THE_WORLD + 1)))
    assert all(row["truth"] is None for row in view.shown["rows"])
    assert "the world is not asked" in view.shown["note"]
    assert view.picture().png


def test_it_carries_a_picture_and_fixed_words(view: GapView, model: BERT) -> None:
    data, metadata = view._repr_mimebundle_()
    again, _ = GapView(model, WORDS, WORLD, RING, [2, 20], top=4)._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == again["text/plain"]
    assert data["image/png"] == again["image/png"]


@pytest.mark.parametrize("places", [[], [-1], [500]])
def test_places_outside_the_story_are_refused(model: BERT, places: list[int]) -> None:
    with pytest.raises(CourseError, match="must be places of this story: numbers from 0 to"):
        GapView(model, WORDS, WORLD, RING, places)
