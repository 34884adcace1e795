"""The pages of a graded class in a real browser: axe finds nothing, nothing sticks out on a phone or in the dark."""

from pathlib import Path
from typing import Any

import pytest

from llmcourse.classroom.gather import Stray
from llmcourse.classroom.grading import Grade, Result
from llmcourse.classroom.results import write_results
from llmcourse.course.outcome import Kind

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is in the extra `test`"
)
pytestmark = pytest.mark.browser

LONG = "a_name_that_goes_on_and_on_" * 6
RESULTS = (
    Result("softmax", "Softmax that does not overflow", 1, 1, Kind.CORRECT, code=f"{LONG} = 1"),
    Result("attention", "Attention", 0, 2, Kind.WRONG, "Where does `dim` come in?", code="attention = 2"),
    Result("mask", "The mask", 0, 1, Kind.ERROR, f"NameError: {LONG}", f"line 2: {LONG}", "n", ("it uses exec",)),
    Result("head", "A head", 0, 3, Kind.NOT_ATTEMPTED),
)
GRADES = [
    Grade(name, "04_self_attention", "04 Self-attention", RESULTS, ("handed in 2 times",)) for name in ("anna", LONG)
]


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(tmp_path: Path, page: Any, width: int, scheme: str) -> None:
    stray = Stray("cleo", Path("essay.pdf"), "essay.pdf is no notebook (.ipynb)")
    index = write_results(tmp_path / "out", "Grades", GRADES, [stray])
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for file in (index, index.parent / "students" / "anna.html"):
        page.goto(file.as_uri())
        found = axe.Axe().run(page)
        assert not found.violations_count, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "it scrolls to the side"
