"""The pages in Chromium, from a folder: no error, no request to elsewhere, no serious fault for those who cannot see.

`make site-check` looks at every page; `make test` at each notebook and a few of the others.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from llmcourse.course.files import notebook_paths

pytestmark = pytest.mark.browser
OTHERS = (
    "index",
    "notebooks/index",
    "teaching",
    "about",
    "README",
    "CONTRIBUTING",
    "data/README",
    "search",
    "api/index",
)
OTHERS += (
    "api/llmcourse.model",
    "api/llmcourse.model.attention",
    "api/llmcourse.corpus.world",
    "api/llmcourse.viz.style",
)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def wanted(site: Path) -> list[Path]:
    if os.environ.get("LLMCOURSE_ALL_PAGES"):
        return [file for file in sorted(site.rglob("*.html")) if "_static" not in file.parts]
    names = [*OTHERS, *(f"notebooks/{path.stem}" for path in notebook_paths())]
    return [site / f"{name}.html" for name in names]


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_sound(site: Path, page: Any, theme: str) -> None:
    """`page` itself fails on an error in the console and on a request that leaves this machine."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.emulate_media(color_scheme=theme)
    pages = wanted(site) if theme == "light" else wanted(site)[::4]
    faults = []
    for file in pages:
        page.set_viewport_size(DESK)
        page.goto(file.as_uri())
        typeset(page)
        # Without "preload" axe does not fetch the style sheets once more, which a browser refuses for files.
        found = axe.run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
        faults += [
            f"{file.name}: {fault['id']}: {node['html'][:150]}"
            for fault in found
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]
        page.set_viewport_size(PHONE)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
            faults.append(f"{file.name}: {width} pixels wide on a phone of {PHONE['width']}")
    assert len(pages) >= 8
    assert not faults


def typeset(page: Any) -> None:
    page.evaluate("window.MathJax && MathJax.startup && MathJax.startup.promise")


@pytest.mark.usefixtures("needs_libraries")
def test_formulas_are_typeset(site: Path, page: Any) -> None:
    page.goto((site / "notebooks" / "04_self_attention.html").as_uri())
    typeset(page)
    assert page.locator("mjx-container svg").count() == page.locator(".math").count() > 20
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


def test_search_finds_a_word_without_a_server(site: Path, page: Any) -> None:
    page.goto((site / "search.html").as_uri() + "?q=coreference")
    results = page.locator("#search-results ul.search li a")
    results.first.wait_for()
    assert any("04_self_attention" in (link.get_attribute("href") or "") for link in results.all())


def test_dark_and_light_are_a_choice(site: Path, page: Any) -> None:
    page.goto((site / "index.html").as_uri())
    colour = "getComputedStyle(document.body).backgroundColor"
    seen = set()
    for mode in ("light", "dark"):
        page.evaluate("mode => { document.documentElement.dataset.theme = mode }", mode)
        page.wait_for_timeout(50)
        seen.add(page.evaluate(colour))
    assert len(seen) == 2
