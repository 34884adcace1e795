"""A chapter's slides in Chromium with everything outside out of reach: all are there, they fit, formulas are set."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from llmcourse.cli import app
from llmcourse.course.files import notebook_paths
from llmcourse.site.slides import write_slides

pytestmark = pytest.mark.usefixtures("needs_libraries")


@pytest.mark.browser
def test_slides_work_from_one_file(page: Any, tmp_path: Path) -> None:
    (notebook,) = notebook_paths(["04"])
    path = write_slides(notebook, tmp_path)
    assert path == tmp_path / "04_self_attention.html"
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(path.as_uri())
    page.wait_for_function("window.deck && deck.isReady()")
    assert page.title() == "04 · Self-attention: slides"
    seen: set[str] = set()
    small, formulas = [], 0
    while not page.evaluate("deck.isLastSlide()") and len(seen) < 200:
        place = page.evaluate("JSON.stringify([deck.getIndices().h, deck.getIndices().v])")
        if place not in seen:
            seen.add(place)
            formulas += page.locator("section.present:not(.stack) mjx-container svg").count()
            size = float(page.evaluate("deck.getCurrentSlide().dataset.fitted"))
            small += [place] if size < 0.8 or page.locator("section.present.scrolls").count() else []
        page.evaluate("deck.next()")  # the next fragment or slide
    assert len(seen) + 1 == page.evaluate("deck.getTotalSlides()")
    assert len(seen) > 35
    assert not small, "slides on which too much stands"
    assert formulas > 15
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert all(len(alt) > 20 for alt in page.locator("section img").evaluate_all("all => all.map(image => image.alt)"))


def test_the_same_bytes_come_out_twice(tmp_path: Path) -> None:
    (notebook,) = notebook_paths(["00"])
    assert write_slides(notebook, tmp_path / "a").read_bytes() == write_slides(notebook, tmp_path / "b").read_bytes()


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["slides", "04", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "04_self_attention.html" in result.output.replace("\n", "")
