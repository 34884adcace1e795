import json

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.inference import next_token_probabilities
from llmcourse.viz.choice_tree import ChoiceTree, choice_tree, tree_figure


def test_a_tree_holds_the_likeliest_and_the_truth(scene) -> None:
    tree = choice_tree(scene.model, scene.tokenizer, "Mia was", scene.world, depth=2, width=3)
    said = next_token_probabilities(scene.model, scene.tokenizer, "Mia was")
    assert [node["w"] for node in tree] == list(said)[:3]
    truth = scene.world.next_word("Mia was")
    for node in tree:
        assert node["p"] == pytest.approx(said[node["w"]], rel=0.01)
        assert node["q"] == pytest.approx(truth.get(node["w"], 0), abs=1e-3)
        after = next_token_probabilities(scene.model, scene.tokenizer, f"Mia was {node['w']}")
        assert [child["w"] for child in node["c"]] == list(after)[:3]
        if node["q"] == 0:
            assert all(child["q"] == 0 for child in node["c"])
        assert all(child["c"] == [] for child in node["c"])


def test_a_story_s_end_is_a_leaf(scene) -> None:
    tree = choice_tree(scene.model, scene.tokenizer, scene.story.text, scene.world, depth=1, width=scene_width(scene))
    (end,) = [node for node in tree if node["w"] == "(end of story)"]
    assert end["q"] == 1
    assert end["c"] == []


def scene_width(scene) -> int:
    return scene.tokenizer.vocab_size


def test_without_a_world_nothing_is_judged(scene) -> None:
    assert all(node["q"] is None for node in choice_tree(scene.model, scene.tokenizer, "Mia", depth=1))


def test_trees_that_cannot_be(scene) -> None:
    for depth, width in ((0, 2), (2, 0), (6, 6)):
        with pytest.raises(CourseError, match="choose from 1 to 2000"):
            choice_tree(scene.model, scene.tokenizer, "Mia", depth=depth, width=width)
    with pytest.raises(CourseError, match="no room for 3 tokens"):
        choice_tree(scene.model, scene.tokenizer, " ".join(["Mia"] * 126), depth=3)


def test_the_figure_marks_what_is_impossible_in_words_and_dashes(scene) -> None:
    tree = [{"w": "her", "p": 0.99, "q": 1.0, "c": []}, {"w": "his", "p": 0.001, "q": 0.0, "c": []}]
    figure = tree_figure(tree, "lost", title="T")
    assert [text.get_text() for text in figure.axes[0].texts] == ["her  99%", "✗ his  <1%", "… lost"]
    assert [line.get_linestyle() for line in figure.axes[0].lines] == ["-", "--"]


def test_the_widget_is_small_and_has_a_picture(scene) -> None:
    state = torch.get_rng_state()
    widget = ChoiceTree(scene.model, scene.tokenizer, "Mia was a baker. She", scene.world, depth=5, width=4)
    assert torch.equal(torch.get_rng_state(), state)
    assert len(json.dumps(widget.tree)) < 150_000
    data, metadata = widget._repr_mimebundle_()
    assert data["text/plain"].startswith("A tree of choices")
    assert metadata["image/png"]["alt"] == data["text/plain"]
