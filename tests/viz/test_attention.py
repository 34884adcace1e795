import base64
import json
import re

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz import bertviz_page
from llmcourse.viz.attention import attention_page, head_view, heatmap, model_view, telling_head
from llmcourse.viz.weights import AttentionMap, true_links

# Names of XML dialects, and the source that bertviz names in a comment: nothing that a browser would fetch.
HARMLESS = re.compile(r"https?://(?:www\.w3\.org/[\w/]*|github\.com/tensorflow/tensor2tensor/blob/[\w/.]*)")
TEXT = "Mia ran. She"


def addresses(page: str) -> list[str]:
    return re.findall(r"https?:", HARMLESS.sub("", page))


def data_of(page: str) -> dict:
    line = re.search(r"const params = (.*);\n", page)
    assert line is not None
    return json.loads(line[1])


@pytest.mark.parametrize("view", [head_view, model_view])
def test_a_view_is_a_widget_and_a_picture_with_words(scene, view) -> None:
    data, metadata = view(scene.model, scene.tokenizer, TEXT)._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert "5 tokens" in data["text/plain"]
    assert not re.search(r"0x|\d\.\d", data["text/plain"])  # nothing that changes from run to run


@pytest.mark.parametrize("view", [head_view, model_view])
def test_words_of_ones_own(scene, view) -> None:
    data, metadata = view(scene.model, scene.tokenizer, TEXT, alt="She looks at Mia.")._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == "She looks at Mia."


@pytest.mark.parametrize("view", [head_view, model_view])
def test_a_view_asks_for_nothing_outside_itself(scene, view) -> None:
    page = view(scene.model, scene.tokenizer, TEXT).page
    assert addresses(page) == []
    assert "<script src" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("view", [head_view, model_view])
def test_two_runs_give_the_same_page_and_the_same_picture(scene, view) -> None:
    one, two = (view(scene.model, scene.tokenizer, TEXT, links=[(3, 0)]) for _ in range(2))
    assert one.page == two.page
    assert one.picture().png == two.picture().png


def test_bertviz_still_loads_exactly_one_script() -> None:
    """If this fails, bertviz has changed, and so must `bertviz_page.page`."""
    from bertviz import head_view as head
    from bertviz import model_view as model

    weights = [torch.ones(1, 1, 2, 2)]
    for view in (head, model):
        html = view(weights, ["a", "b"], html_action="return").data
        assert len(bertviz_page.CDN_TAG.findall(html)) == 1
        assert len(re.findall(r"const params = .*\n", html)) == 1
    assert bertviz_page.BOX_HEIGHT in html


def test_another_bertviz_is_refused_in_one_line() -> None:
    attention = AttentionMap(("a",), torch.ones(1, 1, 1, 1), (0,), (0,))
    with pytest.raises(CourseError, match=r"use bertviz 1\.4"):
        bertviz_page.page("<div></div>", "head view", attention, [], "title", "help", "alt")


def test_weights_are_written_with_three_decimals(scene) -> None:
    attention = data_of(head_view(scene.model, scene.tokenizer, scene.text).page)["attention"][0]
    numbers = re.findall(r"[\d.e-]+", json.dumps(attention["attn"]))
    assert len(numbers) == 3 * 4 * 28 * 28
    assert max(map(len, numbers)) == len("0.123")
    assert attention["left_text"][:3] == ["<bos>", "Nora", "was"]


def test_a_choice_of_layers_and_heads_keeps_its_numbers(scene) -> None:
    options = {"layers": [1, 2], "heads": [3]}
    head = data_of(head_view(scene.model, scene.tokenizer, TEXT, layer=2, **options).page)
    assert (head["include_layers"], head["layer"]) == ([1, 2], 2)
    model = data_of(model_view(scene.model, scene.tokenizer, TEXT, **options).page)
    assert (model["include_layers"], model["include_heads"], model["total_heads"]) == ([1, 2], [3], 1)
    with pytest.raises(CourseError, match="there is no layer 0 here: choose from layers 1, 2"):
        head_view(scene.model, scene.tokenizer, TEXT, layer=0, **options)


def test_true_links_are_laid_over_the_head_view(scene) -> None:
    links = true_links(scene.world, scene.text)
    view = head_view(scene.model, scene.tokenizer, scene.text, links=links)
    settings = json.loads(re.search(r'<script id="settings"[^>]*>(.*?)</script>', view.page)[1])  # type: ignore[index]
    assert settings["links"] == [[query + 1, key + 1] for query, key in links]
    assert "<li>she → Nora</li>" in view.page
    assert "Dashed lines" in view.alt
    assert "Dashed" not in head_view(scene.model, scene.tokenizer, scene.text).alt


def test_no_token_can_end_the_script() -> None:
    attention = AttentionMap(("</script><b>", "<!--"), torch.eye(2).expand(1, 1, 2, 2), (0,), (0,))
    page = bertviz_page.head_view_page(attention, 0, [(1, 0)], "<i>", '"')
    assert page.count("</script>") == 4  # our own, no more
    assert "<!--" not in page
    assert "<li>&lt;!-- → &lt;/script&gt;&lt;b&gt;</li>" in page
    data = data_of(page.replace("<\\!--", "<!--"))  # JavaScript reads \! as !, but Python's JSON does not
    assert data["attention"][0]["left_text"] == ["</script><b>", "<!--"]


@pytest.mark.parametrize("view", [head_view, model_view])
def test_a_view_too_large_for_a_browser_says_what_fits(scene, view, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bertviz_page, "MOST_LINES", 300)
    view(scene.model, scene.tokenizer, "Mia ran. She")  # 12 heads × 5 × 5 lines
    with pytest.raises(CourseError) as problem:
        view(scene.model, scene.tokenizer, "Mia ran. She ran")
    assert "3 layers × 4 heads × 6 tokens draws 432 lines" in str(problem.value)
    assert "at most 4 tokens, or choose fewer with layers=" in str(problem.value)
    assert "\n" not in str(problem.value)
    view(scene.model, scene.tokenizer, "Mia ran. She ran", layers=[0])


def test_sizes_stay_small(scene) -> None:
    """A story's views fit into a notebook, and a page into an e-mail."""
    head, model = (view(scene.model, scene.tokenizer, scene.story.text) for view in (head_view, model_view))
    assert len(head.page) < 450_000
    assert len(head.picture().png) < 200_000
    assert len(model.picture().png) < 100_000


def test_a_heat_map_shows_itself() -> None:
    data, metadata = heatmap([[1.0, 0.0], [0.5, 0.5]], ["Mia", "she"], links=[(1, 0)])._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"]
    assert "2 tokens look (rows), 2 are looked at (columns). Outlined cells mark" in data["text/plain"]


def test_the_telling_head_is_the_one_that_follows_the_links() -> None:
    weights = torch.zeros(2, 2, 3, 3)
    weights[1, 0, 2, 0] = 0.9  # follows the link
    weights[0, 1, 1, 2] = 1.0  # looks hard elsewhere
    attention = AttentionMap(("Mia", "ran", "she"), weights, (0, 1), (4, 5))
    assert telling_head(attention, [(2, 0)])[:2] == (1, 4)
    assert telling_head(attention, [])[:2] == (0, 5)


def test_the_attention_page_is_one_file_that_needs_no_network(scene, tmp_path) -> None:
    links = true_links(scene.world, scene.text)
    path = attention_page(scene.model, scene.tokenizer, scene.text, tmp_path / "page.html", links, title="A <b> title")
    page = path.read_text(encoding="utf-8")
    assert addresses(page) == []
    assert "<title>A &lt;b&gt; title</title>" in page
    assert page.count("<iframe ") == 2
    assert len(re.findall(r'<img alt="[^"]{40,}" src="data:image/png;base64,', page)) == 3
    assert len(page) < 1_000_000
    again = attention_page(
        scene.model, scene.tokenizer, scene.text, tmp_path / "again.html", links, title="A <b> title"
    )
    assert again.read_bytes() == path.read_bytes()


def test_a_page_that_cannot_be_written_is_a_one_line_error(scene, tmp_path) -> None:
    with pytest.raises(CourseError, match=r"cannot write .*: No such file or directory"):
        attention_page(scene.model, scene.tokenizer, TEXT, tmp_path / "nowhere" / "page.html")
