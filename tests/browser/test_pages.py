"""What is left when there is no kernel: the attention page, and a notebook that was exported to HTML."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from llmcourse.viz.attention import attention_page
from llmcourse.viz.weights import true_links

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent


def test_the_attention_page_draws_itself_from_a_file(scene, page: Any, tmp_path: Path) -> None:
    links = true_links(scene.world, scene.text)
    path = attention_page(scene.model, scene.tokenizer, scene.text, tmp_path / "page.html", links)
    page.goto(path.as_uri())
    head, model = page.frame_locator("iframe >> nth=0"), page.frame_locator("iframe >> nth=1")
    assert head.locator("#attention line").count() == 4 * 28 * 28
    assert head.locator("#true-links line[stroke-dasharray]").count() == len(links)
    assert model.locator("rect.attn_background").count() == 3 * 4
    for frame in page.locator("iframe").all():  # each has grown to the height of its content, and no further
        frame.scroll_into_view_if_needed()
        page.wait_for_function("frame => frame.style.height !== ''", arg=frame.element_handle())
        inside = frame.element_handle().content_frame()
        assert inside.evaluate("document.documentElement.scrollHeight - innerHeight") <= 1
    picture = page.locator("section.picture img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 500")
    page.screenshot(path=tmp_path / "attention_page.png", full_page=True)


def test_the_attention_page_without_scripts_shows_pictures(scene, browser: Any, tmp_path: Path) -> None:
    path = attention_page(scene.model, scene.tokenizer, "Mia ran. She", tmp_path / "page.html")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert [image.is_visible() for image in page.locator("img").all()] == [True, True, True]
    context.close()


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook with every kind of view, run as `llmcourse notebooks build` runs it."""
    normalize = pytest.importorskip("llmcourse.course.normalize").normalize
    sources = (HERE / "views.py").read_text(encoding="utf-8").split("\n# %%\n")
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=120, record_timing=False).execute(cwd=str(tmp_path_factory.mktemp("run")))
    normalize(notebook)
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.outputs]


def test_a_stored_notebook_holds_pictures_with_words_and_nothing_that_varies(executed) -> None:
    pictures = [output for output in outputs(executed) if "image/png" in output.get("data", {})]
    assert len(pictures) == 8
    for output in pictures:
        assert set(output.data) == {"image/png", "text/plain"}
        assert output.metadata["image/png"]["alt"] == output.data["text/plain"]
    assert "widgets" not in executed.metadata
    assert len(nbformat.writes(executed)) < 1_000_000


def test_live_outputs_are_stored_once_in_their_last_state(executed) -> None:
    """`LivePlot` and `LiveSamples` redraw in place: one output each, however often they drew."""
    training = next(cell for cell in executed.cells if "LivePlot(" in cell.source)
    kinds = [sorted(output.data) for output in training.outputs if output.output_type == "display_data"]
    assert kinds == [["image/png", "text/plain"], ["text/html", "text/plain"]]
    assert training.outputs[1].data["text/html"].count("<tr>") == 1 + 3  # a heading, and steps 0, 2 and 4


def test_exported_html_shows_pictures_offline(executed, page: Any, tmp_path: Path) -> None:
    HTMLExporter = pytest.importorskip("nbconvert").HTMLExporter
    exporter = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="")
    html, _ = exporter.from_notebook_node(executed)
    path = tmp_path / "notebook.html"
    path.write_text(html, encoding="utf-8")
    page.goto(path.as_uri())
    images = page.locator(".jp-OutputArea img")
    assert images.count() == 8
    for image in images.all():
        assert image.evaluate("image => image.complete && image.naturalWidth > 300")
        assert len(image.get_attribute("alt")) > 20
    page.screenshot(path=tmp_path / "exported.png", full_page=True)
