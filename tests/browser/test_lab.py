"""The real JupyterLab in a real browser, with every request to another machine refused."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
WELCOME = HERE.parents[1] / "notebooks" / "00_welcome.ipynb"
TOKEN = "only-for-this-test"
LONG = 240_000  # milliseconds, for a whole notebook on a busy machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the learner sees: a folder with notebooks. Copies, since JupyterLab saves what it runs."""
    folder = tmp_path_factory.mktemp("learner")
    sources = (HERE / "views.py").read_text(encoding="utf-8").split("\n# %%\n")
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    views = new_notebook(cells=[new_code_cell(source) for source in sources], metadata={"kernelspec": kernel})
    nbformat.write(views, folder / "views.ipynb")
    if WELCOME.exists():
        shutil.copy(WELCOME, folder)
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab with default settings, except that it draws cells that are off the screen, too."""
    settings = tmp_path_factory.mktemp("settings")
    tracker = settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text(json.dumps({"windowingMode": "none"}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}",
        f"--LabApp.user_settings_dir={settings}",
        f"--LabApp.workspaces_dir={tmp_path_factory.mktemp('workspaces')}",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--no-browser",
        "--allow-root",
        "--expose-app-in-browser",
    ]
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
    environment = {**os.environ, **{name: str(tmp_path_factory.mktemp(place)) for name, place in own.items()}}
    environment["JUPYTER_CONFIG_PATH"] = str(HERE.parents[1] / "llmcourse" / "cli" / "jupyter")  # as `llmcourse lab`
    environment.pop("LLMCOURSE_QUIET", None)  # as a learner has it: bars and plots move
    log = tmp_path_factory.mktemp("log") / "jupyterlab.txt"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words], stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(f"{address}/api/status?token={TOKEN}", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for_server(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, f"JupyterLab did not start:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not answer:\n{log.read_text()}")


@pytest.fixture
def open_notebook(page: Any, lab: str) -> Callable[..., Any]:
    def open_notebook(name: str) -> Any:
        page.set_viewport_size({"width": 1400, "height": 1000})
        page.set_default_timeout(LONG)
        page.goto(f"{lab}/lab/tree/{name}?token={TOKEN}&reset")
        page.locator(".jp-Notebook").wait_for()
        page.wait_for_function(  # the kernel is ready
            "jupyterapp.shell.currentWidget?.context?.sessionContext.session?.kernel?.status === 'idle'"
        )
        return page

    return open_notebook


def run_all(page: Any) -> None:
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.status === 'idle'")
    wrong = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").all_text_contents()
    assert not wrong, wrong[0][-2000:]


def play_with_explorer(page: Any) -> None:
    """Type a text, choose a head: both times the weights change."""
    explorer = page.locator(".llmcourse[aria-label='Attention explorer']").first
    explorer.scroll_into_view_if_needed()
    reading = explorer.locator(".reading")
    for change in (
        lambda: explorer.get_by_label("Text").fill("Nora was a painter. She"),
        lambda: explorer.get_by_label("Head", exact=True).select_option("1"),
    ):
        before = reading.inner_text()
        change()
        page.wait_for_function(
            "([reading, before]) => reading.innerText !== before", arg=[reading.element_handle(), before]
        )
    assert explorer.locator(".map .token").all_text_contents()[-2:] == [".", "She"]
    explorer.get_by_label("Text").fill("a zebra")
    explorer.get_by_role("status").get_by_text("'zebra' is not in the vocabulary").wait_for()


def play_with_next_word(page: Any) -> None:
    """Click the likeliest word: the story grows by it."""
    view = page.locator(".llmcourse[aria-label='The next word']").first
    view.scroll_into_view_if_needed()
    story = view.get_by_label("The story so far")
    before = story.input_value()
    button = view.locator("button.word").first
    word = button.inner_text()
    button.click()
    page.wait_for_function("([story, before]) => story.value !== before", arg=[story.element_handle(), before])
    assert story.input_value().startswith(before)
    assert story.input_value().endswith(word)


def test_every_view_is_alive_in_the_lab(open_notebook: Callable[..., Any], tmp_path: Path) -> None:
    page = open_notebook("views.ipynb")
    run_all(page)
    head, model = (page.frame_locator(f"iframe >> nth={index}") for index in (0, 1))
    head.locator("#true-links line").first.wait_for()
    assert model.locator("rect.attn_background").count() == 2 * 2
    play_with_explorer(page)
    play_with_next_word(page)
    assert page.locator(".jp-OutputArea img").count() == 3  # heat map, bars, loss: the others are alive
    assert page.locator(".jp-OutputArea td u").count() > 0  # samples, with the wrong word underlined
    for index, cell in enumerate(page.locator(".jp-CodeCell").all()):
        cell.scroll_into_view_if_needed()
        cell.screenshot(path=tmp_path / f"cell_{index}.png")
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    page.locator(".llmcourse[data-theme=dark]").first.wait_for()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.locator(".llmcourse").last.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "dark.png")
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })")


def test_a_fresh_clone_shows_pictures_instead(open_notebook: Callable[..., Any], folder: Path, tmp_path: Path) -> None:
    """A notebook that this user never ran is not trusted: no script of it may run, yet nothing is blank."""
    from nbclient import NotebookClient

    normalize = pytest.importorskip("llmcourse.course.normalize").normalize
    notebook = nbformat.read(folder / "views.ipynb", as_version=4)
    NotebookClient(notebook, timeout=LONG // 1000, record_timing=False).execute(cwd=str(folder))
    normalize(notebook)
    nbformat.write(notebook, folder / "clone.ipynb")
    page = open_notebook("clone.ipynb")
    images = page.locator(".jp-OutputArea img")
    page.wait_for_function("document.querySelectorAll('.jp-OutputArea img').length === 8")
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images.all())
    assert page.locator(".jp-OutputArea iframe, .llmcourse").count() == 0
    page.screenshot(path=tmp_path / "untrusted.png")


def test_the_welcome_notebook(open_notebook: Callable[..., Any], tmp_path: Path) -> None:
    if not WELCOME.exists():
        pytest.skip("notebooks/00_welcome.ipynb is not written yet")
    page = open_notebook(WELCOME.name)
    run_all(page)
    widgets = page.locator(".llmcourse")
    assert widgets.count() > 0, "the welcome notebook has nothing to play with"
    if page.locator(".llmcourse[aria-label='Attention explorer']").count():
        play_with_explorer(page)
    if page.locator(".llmcourse[aria-label='The next word']").count():
        play_with_next_word(page)
    for index, frame in enumerate(page.locator(".jp-OutputArea iframe").all()):
        frame.scroll_into_view_if_needed()
        page.frame_locator(f".jp-OutputArea iframe >> nth={index}").locator("#vis svg").wait_for()
    for index, widget in enumerate(widgets.all()):
        widget.scroll_into_view_if_needed()
        widget.screenshot(path=tmp_path / f"widget_{index}.png")
    page.screenshot(path=tmp_path / "welcome.png")
