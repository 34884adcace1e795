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
    count, small, formulas = page.evaluate("deck.getTotalSlides()"), [], 0
    for number in range(count):
        formulas += page.locator("section.present:not(.stack) mjx-container svg").count()
        size = float(page.evaluate("deck.getCurrentSlide().dataset.fitted"))
        small += [number] if size < 0.8 or page.locator("section.present.scrolls").count() else []
        page.evaluate("deck.next()")
        while page.evaluate("deck.getIndices().f >= 0 && !deck.isLastSlide() && deck.availableFragments().next"):
            page.evaluate("deck.next()")
    assert page.evaluate("deck.isLastSlide()")
    assert count > 35
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
