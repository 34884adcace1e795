"""The widgets' JavaScript in a browser, each connected to its Python object but to no notebook."""

from collections.abc import Callable
from typing import Any

import pytest

from llmcourse.corpus import WordTokenizer
from llmcourse.model import BERT, ModelConfig
from llmcourse.training.objectives import MASK
from llmcourse.viz.attention import head_view, model_view, neuron_view
from llmcourse.viz.choice_tree import ChoiceTree
from llmcourse.viz.explorer import AttentionExplorer, NextWordView
from llmcourse.viz.gap_view import GapView
from llmcourse.viz.plots import percent
from llmcourse.viz.weights import read_neurons, true_links

pytestmark = pytest.mark.browser
Mount = Callable[..., Any]


def test_head_view_with_true_links(scene, mount: Mount) -> None:
    links = true_links(scene.world, scene.text)
    page = mount(head_view(scene.model, scene.tokenizer, scene.text, links=links))
    view = page.frame_locator("iframe")
    view.locator("#vis svg").wait_for()
    assert view.locator("#left text").all_text_contents()[:3] == ["<bos>", "Nora", "was"]
    assert view.locator("#attention line").count() == 4 * 28 * 28
    assert view.locator("#true-links line[stroke-dasharray]").count() == len(links) == 3
    assert [square.get_attribute("aria-label") for square in view.get_by_role("checkbox").all()] == [
        "Head 0",
        "Head 1",
        "Head 2",
        "Head 3",
    ]

    # The links end where their tokens stand: (she → Nora) is (14, 1) with <bos> in front.
    line = view.locator("#true-links line[stroke-dasharray]").first
    for side, token, end in (("left", 14, "y1"), ("right", 1, "y2")):
        box = view.locator(f"#{side} rect.background").nth(token)
        middle = float(box.get_attribute("y")) + float(box.get_attribute("height")) / 2
        assert float(line.get_attribute(end)) == middle

    before = view.locator("#attention line").nth(28).get_attribute("stroke-opacity")
    view.locator("#layer").select_option("2")
    assert view.locator("#attention line").nth(28).get_attribute("stroke-opacity") != before
    assert view.locator("#true-links line[stroke-dasharray]").count() == 3  # drawn again for the new layer

    page.wait_for_function("document.querySelector('iframe').clientHeight > 28 * 22")  # the frame has grown to fit
    assert page.locator("iframe").get_attribute("title").startswith("Head view of layer 0")


def test_heads_can_be_switched_from_the_keyboard(scene, mount: Mount) -> None:
    page = mount(head_view(scene.model, scene.tokenizer, "Mia ran.", heads=[1, 3]))
    view = page.frame_locator("iframe")
    head = view.get_by_role("checkbox", name="Head 3")
    lines = view.locator('.headAttention[head-index="1"] line')
    assert head.get_attribute("aria-checked") == "true"
    assert float(lines.first.get_attribute("stroke-opacity")) > 0
    head.focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-checked") == "false"
    assert float(lines.first.get_attribute("stroke-opacity")) == 0
    page.keyboard.press(" ")
    assert head.get_attribute("aria-checked") == "true"


def test_model_view_enlarges_a_head(scene, mount: Mount) -> None:
    page = mount(model_view(scene.model, scene.tokenizer, scene.text, layers=[0, 2]))
    view = page.frame_locator("iframe")
    view.locator("#vis svg").wait_for()
    assert view.locator("rect.attn_background").count() == 2 * 4
    small = page.locator("iframe").bounding_box()["height"]
    head = view.get_by_role("button", name="Layer 2, head 3: enlarge")
    head.focus()
    page.keyboard.press("Enter")
    assert view.get_by_text("Layer 2, Head 3").is_visible()
    assert view.locator(".detail .token").all_text_contents()[:2] == ["<bos>", "Nora"]
    page.keyboard.press("Enter")
    assert view.locator(".detail").count() == 0
    assert small < 1000


def test_neuron_view_shows_how_a_score_is_made(scene, mount: Mount) -> None:
    links = true_links(scene.world, scene.text)
    page = mount(neuron_view(scene.model, scene.tokenizer, scene.text, links=links, layer=2, head=1, token=13))
    view = page.frame_locator("iframe")
    expanded = view.locator("#expanded")
    view.locator("#vis svg").wait_for()
    assert expanded.get_attribute("visibility") == "visible"  # open at a token, with nothing touched
    assert view.locator("#expanded #leftText .token").all_text_contents()[:3] == ["<bos>", "Nora", "was"]
    assert view.locator("#layer").input_value() == "2"
    assert view.locator("#att_head").input_value() == "1"
    assert view.locator("#queries .vector").count() == view.locator("#keys .vector").count() == 28
    assert view.locator("#product .element").count() == 28 * 8

    # The scores in the squares are the model's: those of the keys that token 14 (<bos> counts) may see.
    neurons = read_neurons(scene.model, scene.tokenizer, scene.text)
    queries, keys = neurons.head(2, 1)
    expected = (queries[14] @ keys[:15].T / 8**0.5).tolist()
    shown = [float(score.replace("−", "-")) for score in view.locator("#scores text").all_text_contents()]
    assert len(shown) == 15
    assert max(abs(one - other) for one, other in zip(shown, expected, strict=True)) < 0.06
    linked = view.locator("#expanded .true-link[visibility=inherit]")
    assert linked.count() == len([link for link in links if link[0] == 13]) == 1

    view.locator("#att_head").select_option("3")  # the same token, in another head
    assert view.locator("#scores text").count() == 15
    assert [float(score.replace("−", "-")) for score in view.locator("#scores text").all_text_contents()] != shown
    page.wait_for_function("document.querySelector('iframe').clientHeight > 28 * 26")  # the frame has grown to fit
    assert page.locator("iframe").get_attribute("title").startswith("Neuron view of layer 2, head 1")


def test_neuron_view_from_the_keyboard(scene, mount: Mount) -> None:
    page = mount(neuron_view(scene.model, scene.tokenizer, "Mia ran. She", layers=[1, 2], heads=[3], layer=2))
    view = page.frame_locator("iframe")
    view.locator("#vis svg").wait_for()
    assert view.locator("#layer option").all_text_contents() == ["1", "2"]  # the model's own numbers
    assert view.locator("#att_head option").all_text_contents() == ["3"]
    assert page.evaluate("document.activeElement === document.body")  # opening took no focus
    view.get_by_role("button", name="“Mia”: hide the numbers of its query").focus()
    assert view.locator("#scores text").count() == 2
    page.keyboard.press("Enter")
    assert view.locator("#collapsed").get_attribute("visibility") == "visible"
    assert view.locator("#expanded").get_attribute("visibility") == "hidden"
    page.keyboard.press("Tab")  # the focus has stayed with the token, and goes on to the next
    assert view.locator("#collapsed .attn-line-group").nth(2).evaluate("group => group.style.opacity") == "1"
    page.keyboard.press("Enter")
    assert view.locator("#expanded").get_attribute("visibility") == "visible"
    assert view.locator("#scores text").count() == 3


def test_explorer_answers_to_text_layer_and_head(scene, mount: Mount) -> None:
    page = mount(AttentionExplorer(scene.model, scene.tokenizer, scene.text, scene.world))
    page.get_by_role("heading", name="“It” looks at").wait_for()
    assert page.locator(".map rect.link").count() == 3

    reading = page.locator(".reading")
    seen = [reading.inner_text()]
    for control, value in (("Head", "3"), ("Layer", "2"), ("Head", "1")):
        page.get_by_label(control, exact=True).select_option(value)
        page.wait_for_function("old => document.querySelector('.reading').innerText !== old", arg=seen[-1])
        seen.append(reading.inner_text())
    assert len(set(seen)) == 4

    page.get_by_label("Text").fill("Mia was a baker. She")
    page.get_by_role("heading", name="“She” looks at").wait_for()
    assert page.locator(".map .token").all_text_contents() == ["<bos>", "Mia", "was", "a", "baker", ".", "She"]

    page.get_by_label("Text").fill("Mia was a zebra")
    page.get_by_role("status").get_by_text("'zebra' is not in the vocabulary").wait_for()
    assert page.locator(".map .token").count() == 7  # the last good picture stays

    page.get_by_label("Text").fill("Mia was")
    page.get_by_role("heading", name="“was” looks at").wait_for()
    assert not page.get_by_role("status").is_visible()


def test_explorer_is_read_row_by_row_from_the_keyboard(scene, mount: Mount) -> None:
    page = mount(AttentionExplorer(scene.model, scene.tokenizer, "Mia was a baker"))
    page.locator(".map svg").focus()
    read = []
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "Home", "ArrowUp", "End"):
        page.keyboard.press(key)
        read.append(page.locator(".reading h4").inner_text())
    assert read == [f"“{word}” looks at" for word in ("a", "was", "a", "<bos>", "<bos>", "baker")]
    page.locator(".map .token").nth(1).click()
    assert page.locator(".reading h4").inner_text() == "“Mia” looks at"
    page.keyboard.press("Tab")


def test_true_links_can_be_hidden_and_are_named(scene, mount: Mount) -> None:
    page = mount(AttentionExplorer(scene.model, scene.tokenizer, scene.text, scene.world))
    page.get_by_label("Outline the story's true links").uncheck()
    assert page.locator(".map rect.link").count() == 0


@pytest.mark.parametrize(("background", "theme"), [("white", "light"), ("#111111", "dark"), ("#1e1e1e", "dark")])
def test_text_can_be_read_on_light_and_dark_pages(scene, mount: Mount, background: str, theme: str) -> None:
    page = mount(AttentionExplorer(scene.model, scene.tokenizer, "Mia was"), background)
    page.locator(f".llmcourse[data-theme={theme}]").wait_for()
    page.evaluate("document.body.style.background = document.body.style.background === 'white' ? 'black' : 'white'")
    other = "dark" if theme == "light" else "light"
    page.locator(f".llmcourse[data-theme={other}]").wait_for()  # the page's theme was changed under it


def test_without_a_kernel_the_widget_says_so(scene, mount: Mount) -> None:
    page = mount(AttentionExplorer(scene.model, scene.tokenizer, "Mia was"), connected=False)
    page.clock.install()
    page.get_by_label("Head", exact=True).select_option("1")
    page.clock.run_for(6000)
    page.get_by_role("status").get_by_text("Is the kernel running").wait_for()


def beginning(scene, n_tokens: int) -> str:
    return scene.story.text[: scene.story.spans[n_tokens - 1][1]]


def test_next_word_grows_the_story_by_clicks(scene, mount: Mount) -> None:
    start = beginning(scene, 4)
    truth = scene.world.next_word(start)
    word = next(iter(truth))
    page = mount(NextWordView(scene.model, scene.tokenizer, scene.world, start))
    story = page.get_by_label("The story so far")
    row = page.locator("tr").filter(has=page.get_by_role("button", name=word, exact=True))
    assert row.locator("td.value").nth(1).inner_text() == percent(truth[word])
    row.get_by_role("button").click()
    page.wait_for_function("old => document.querySelector('textarea').value !== old", arg=start)
    assert story.input_value() == f"{start} {word}"

    page.get_by_role("button", name="Take back a word").click()
    row.wait_for()
    assert story.input_value() == start
    story.fill("Nora was a zebra")
    page.get_by_role("status").get_by_text("'zebra' is not in the vocabulary").wait_for()
    page.get_by_role("button", name="Start again").click()
    page.get_by_role("status").wait_for(state="hidden")
    assert story.input_value() == start


def test_next_word_can_be_played_with_the_keyboard_alone(scene, mount: Mount) -> None:
    start = beginning(scene, 4)
    page = mount(NextWordView(scene.model, scene.tokenizer, scene.world, start))
    story = page.get_by_label("The story so far")
    page.locator("button.word").first.focus()
    for n_words in (1, 2, 3):
        before = story.input_value()
        page.keyboard.press("Enter")  # after each word the focus is on the likeliest next one
        page.wait_for_function("old => document.querySelector('textarea').value !== old", arg=before)
        assert len(story.input_value().split()) == len(start.split()) + n_words


def gap_view(scene) -> GapView:
    words = WordTokenizer.for_world(scene.world, special=[MASK])
    model = BERT(ModelConfig(words.vocab_size, context=128, d_model=16, n_layers=1, n_heads=2)).initialize(0).eval()
    return GapView(model, words, scene.world, scene.story.text, [2])


def test_words_are_hidden_and_shown_again_by_mouse_and_keyboard(scene, mount: Mount) -> None:
    page = mount(gap_view(scene))
    gaps = page.locator(".story button[aria-pressed=true]")
    word = scene.story.tokens[4]
    page.get_by_role("button", name=f"{word}: hide it", exact=True).first.click()
    page.wait_for_function("document.querySelectorAll('.story button[aria-pressed=true]').length === 2")
    assert page.locator(".help").inner_text().startswith(f"Hidden here: “{word}”.")
    page.keyboard.press("Enter")  # the focus is still on the gap: it is filled again
    page.wait_for_function("document.querySelectorAll('.story button[aria-pressed=true]').length === 1")
    assert "asked about below" in (gaps.get_attribute("aria-label") or "")
    page.get_by_role("button", name="Start again").click()
    assert page.locator("td.value").count() == 12  # six guesses, two answers


def choice_tree(scene) -> ChoiceTree:
    return ChoiceTree(scene.model, scene.tokenizer, beginning(scene, 4), scene.world, depth=3, width=2)


def test_the_tree_of_choices_is_climbed_by_mouse_and_keyboard(scene, mount: Mount) -> None:
    widget = choice_tree(scene)
    page = mount(widget)
    first = page.get_by_role("button", name=widget.tree[0]["w"]).first
    assert page.locator("button.choice").count() == 2
    first.click()
    assert first.get_attribute("aria-expanded") == "true"
    assert page.locator("button.choice").count() == 4
    assert page.locator(".story strong").inner_text() == widget.tree[0]["w"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the likeliest word after it
    assert page.locator("button.choice").count() == 6
    words = [widget.tree[0]["w"], widget.tree[0]["c"][0]["w"]]
    assert page.locator(".story strong").inner_text() == " ".join(words)
    assert page.get_by_role("status").inner_text().startswith("These 2 words together have a probability of")
    for node in page.locator("button.choice").all():  # the verdict stands in words, beside the dashed edge
        wrong = "wrong" in (node.get_attribute("class") or "")
        assert wrong == ("no story goes on so" in (node.get_attribute("aria-label") or ""))
        assert wrong == ("✗" in node.inner_text())
    first.click()
    assert page.locator("button.choice").count() == 2
    page.get_by_role("button", name="Close all").click()
    assert page.locator(".story strong").inner_text() == ""


@pytest.mark.parametrize("kind", ["explorer", "next word", "head view", "neuron view", "gaps", "tree"])
def test_a_removed_widget_leaves_no_listener(scene, mount: Mount, kind: str) -> None:
    widgets = {
        "explorer": lambda: AttentionExplorer(scene.model, scene.tokenizer, "Mia was"),
        "next word": lambda: NextWordView(scene.model, scene.tokenizer, scene.world, "Mia"),
        "head view": lambda: head_view(scene.model, scene.tokenizer, "Mia was"),
        "neuron view": lambda: neuron_view(scene.model, scene.tokenizer, "Mia was"),
        "gaps": lambda: gap_view(scene),
        "tree": lambda: choice_tree(scene),
    }
    page = mount(widgets[kind]())
    assert page.evaluate("model.listeners.length") == 1
    page.evaluate("window.cleanUp()")
    assert page.evaluate("model.listeners.length") == 0
