"""The neuron view: what it shows is what the model computed, and it needs nothing but itself."""

import base64
import json
import math
import re
from typing import Any

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.model import GPT, record
from llmcourse.viz import neuron_page
from llmcourse.viz.attention import neuron_view
from llmcourse.viz.weights import read_neurons

TEXT = "Mia ran. She"
# Names of XML dialects, and the source that bertviz names in a comment: nothing that a browser would fetch.
HARMLESS = re.compile(r"https?://(?:www\.w3\.org/[\w/]*|github\.com/tensorflow/tensor2tensor/blob/[\w/.]*)")


def data_of(page: str) -> dict[str, Any]:
    line = re.search(r"window\.bertviz_params = (.*);\n", page)
    assert line is not None
    return json.loads(line[1])


def settings_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="settings"[^>]*>(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize(
    "settings", [{}, {"qk_norm": True}, {"n_kv_heads": 2}, {"n_kv_heads": 1, "positions": "learned"}]
)
def test_queries_times_keys_are_the_scores(scene, settings: dict[str, Any]) -> None:
    """After norm and rotation, and for each head the keys that it shares with others."""
    shape = {"vocab_size": scene.tokenizer.vocab_size, "context": 32, "d_model": 32, "n_layers": 2, "n_heads": 4}
    model = GPT(type(scene.model.config)(**{**shape, **settings})).initialize(seed=3)
    neurons = read_neurons(model, scene.tokenizer, TEXT)
    with torch.no_grad(), record(model, "blocks.*.attention.scores") as trace:
        model(torch.tensor([scene.tokenizer.encode(TEXT, bos=True)]))
    for layer in range(2):
        for head in range(4):
            queries, keys = neurons.head(layer, head)
            scores = queries @ keys.T / math.sqrt(queries.shape[-1])
            expected = trace[f"blocks.{layer}.attention.scores"][0, head].double()
            torch.testing.assert_close(scores, expected, atol=1e-5, rtol=1e-5)
            hidden = torch.ones(5, 5).triu(1).bool()
            weights = scores.masked_fill(hidden, -math.inf).softmax(-1)
            torch.testing.assert_close(weights, neurons.attention.head(layer, head), atol=1e-5, rtol=1e-5)


def test_a_widget_and_a_picture_with_words(scene) -> None:
    data, metadata = neuron_view(scene.model, scene.tokenizer, TEXT, layer=1, head=2)._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert data["text/plain"].startswith("Neuron view of layer 1, head 2, for the query of “She”: its 8 numbers")
    assert not re.search(r"0x|\d\.\d", data["text/plain"])


def test_nothing_is_asked_for_from_outside(scene) -> None:
    page = neuron_view(scene.model, scene.tokenizer, TEXT).page
    assert "http:" not in HARMLESS.sub("", page)
    assert "https:" not in HARMLESS.sub("", page)
    assert "<script src" not in page
    assert "default-src 'none'" in page


def test_the_page_holds_the_models_numbers(scene) -> None:
    view = neuron_view(scene.model, scene.tokenizer, TEXT, layer=2, head=1, token=0)
    data, neurons = data_of(view.page), read_neurons(scene.model, scene.tokenizer, TEXT)
    shown = data["attention"]["all"]
    assert shown["left_text"] == shown["right_text"] == ["<bos>", "Mia", "ran", ".", "She"]
    assert (data["layer"], data["head"], data["bidirectional"]) == (2, 1, False)
    for name, numbers in (("queries", neurons.queries), ("keys", neurons.keys), ("attn", neurons.attention.weights)):
        torch.testing.assert_close(torch.tensor(shown[name]).double(), numbers, atol=6e-4, rtol=0)
    assert settings_of(view.page)["query"] == 1  # behind <bos>
    numbers = re.findall(r"-?[\d.]+(?:e-\d+)?", json.dumps(shown["queries"]))
    assert all(len(number.partition(".")[2]) <= 3 for number in numbers)


def test_a_choice_of_layers_and_heads_keeps_its_numbers(scene) -> None:
    view = neuron_view(scene.model, scene.tokenizer, TEXT, layers=[1, 2], heads=[3], layer=2)
    assert (settings_of(view.page)["layers"], settings_of(view.page)["heads"]) == ([1, 2], [3])
    assert (data_of(view.page)["layer"], data_of(view.page)["head"]) == (1, 0)  # places in what was chosen
    assert view.alt.startswith("Neuron view of layer 2, head 3")
    with pytest.raises(CourseError, match="there is no head 0 here: choose from head 3"):
        neuron_view(scene.model, scene.tokenizer, TEXT, heads=[3], head=0)


def test_true_links_are_told_to_page_picture_and_reader(scene) -> None:
    view = neuron_view(scene.model, scene.tokenizer, TEXT, links=[(3, 0)])
    assert settings_of(view.page)["links"] == [[4, 1]]
    assert "<li>She → Mia</li>" in view.page
    assert "Dashes mark the story's true link" in view.alt
    plain = neuron_view(scene.model, scene.tokenizer, TEXT, links=[(3, 0)], token=1)
    assert "Dashes" not in plain.alt  # that token has no link
    assert view.picture().png != neuron_view(scene.model, scene.tokenizer, TEXT).picture().png


@pytest.mark.parametrize("token", [4, -5])
def test_a_token_that_is_not_there(scene, token: int) -> None:
    with pytest.raises(CourseError, match=f"there is no token {token}: the text's tokens are numbered from 0 to 3"):
        neuron_view(scene.model, scene.tokenizer, TEXT, token=token)


def test_bad_texts(scene) -> None:
    with pytest.raises(CourseError, match="there is no text to look at"):
        neuron_view(scene.model, scene.tokenizer, "")
    with pytest.raises(CourseError, match="'zebra' is not in the vocabulary"):
        neuron_view(scene.model, scene.tokenizer, "Mia saw a zebra")


def test_too_large_for_a_browser(scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neuron_page, "MOST_SHAPES", 320)
    neuron_view(scene.model, scene.tokenizer, TEXT)  # 8 × 5² + 3 × 5 × 8 = 320
    with pytest.raises(CourseError, match=r"6 tokens × 8 dimensions draws 432 shapes.*take at most 4 tokens"):
        neuron_view(scene.model, scene.tokenizer, TEXT + " ran")


def test_another_bertviz_is_refused_in_one_line(scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neuron_page, "OPACITY", re.compile("(no such line)"))
    with pytest.raises(CourseError, match=r"use bertviz 1\.4"):
        neuron_view(scene.model, scene.tokenizer, TEXT)


def test_two_runs_give_the_same_page_and_picture_and_both_are_small(scene) -> None:
    one, two = (neuron_view(scene.model, scene.tokenizer, scene.text) for _ in range(2))
    assert one.page == two.page
    assert one.picture().png == two.picture().png
    assert len(one.page) < 300_000
    assert len(one.picture().png) < 100_000
