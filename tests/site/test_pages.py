"""The pages as files: every link leads somewhere, every figure has its words, nothing is loaded from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from llmcourse.course.files import notebook_paths, read_notebook
from llmcourse.course.syllabus import PARTS


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, html.HtmlElement]:
    found = {file: html.parse(str(file)).getroot() for file in sorted(site.rglob("*.html"))}
    return {file: root for file, root in found.items() if root is not None and "_static" not in file.parts}


def outside(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def test_every_notebook_has_a_page_in_the_order_of_the_course(site: Path, pages) -> None:
    course = pages[site / "notebooks" / "index.html"]
    names = [path.with_suffix(".html").name for path in notebook_paths()]
    assert names[0].startswith("00_")
    links = [link.get("href") for link in course.xpath("//article//h3/a[contains(@class, 'reference')]")]
    assert links == names
    ready = [chapter.number for part in PARTS for chapter in part.chapters if chapter.ready]
    assert ready == [name[:2] for name in names]


def test_no_internal_link_is_broken(pages) -> None:
    broken = [f"{page.name}: {link}" for page, root in pages.items() for link in _broken(page, root, pages)]
    assert len(pages) > 250
    assert not broken


def _broken(page: Path, root: html.HtmlElement, pages: dict[Path, html.HtmlElement]) -> Iterator[str]:
    for element, attribute, address, _ in root.iterlinks():
        if attribute not in ("href", "src") or outside(address) or address.startswith("#!"):
            continue
        parts = urlsplit(address)
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not target.is_file():
            yield address
        elif parts.fragment and target in pages and element.tag == "a":
            place = unquote(parts.fragment)
            if not _ids(target, pages).intersection({place}):
                yield address


def _ids(page: Path, pages: dict[Path, html.HtmlElement], known: dict[Path, set[str]] = {}) -> set[str]:  # noqa: B006
    if page not in known:
        known[page] = set(pages[page].xpath("//@id"))
    return known[page]


def test_nothing_is_loaded_from_elsewhere(pages) -> None:
    loads = {"img": "src", "script": "src", "iframe": "src", "link": "href", "source": "src", "video": "src"}
    stray = [
        f"{page.name}: {element.get(loads[element.tag])}"
        for page, root in pages.items()
        for element in root.iter(*loads)
        if outside(element.get(loads[element.tag]) or "") and not (element.get("src") or "").startswith("data:")
    ]
    assert not stray


def test_every_figure_has_the_words_of_its_notebook(site: Path, pages) -> None:
    for path in notebook_paths():
        outputs = [
            o for cell in read_notebook(path).cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})
        ]
        wanted = [" ".join(output.metadata["image/png"]["alt"].split()) for output in outputs]
        page = pages[site / "notebooks" / f"{path.stem}.html"]
        said = [" ".join(image.get("alt", "").split()) for image in page.iterfind(".//article//img")]
        assert said == wanted, path.name


def test_a_signature_shows_shapes_as_their_author_wrote_them(site: Path, pages) -> None:
    page = pages[site / "api" / "llmcourse.model.attention.html"]
    signature = page.get_element_by_id("llmcourse.model.attention.attention_scores").text_content()
    assert "q: Float[Tensor, '*batch query d_head']" in " ".join(signature.split())


def test_controls_without_a_kernel_say_what_they_are(site: Path, pages) -> None:
    text = pages[site / "notebooks" / "04_self_attention.html"].text_content()
    assert "interactive(children" not in text
    assert "Something to move stands here" in text
