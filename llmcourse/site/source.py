"""The folder that Sphinx reads: the texts of the repository in their own places, and a few pages that are made of them.

A text lies where it lies in the repository, so that the links in it stay right. What is in the site follows from what
there is: the notebooks from the syllabus, the guides from the folders of `docs`.
"""

from __future__ import annotations

from pathlib import Path

from llmcourse.course.guide.notes import with_headings
from llmcourse.site.api import api_pages
from llmcourse.site.course_pages import course_page, start_page
from llmcourse.site.links import site_links
from llmcourse.site.notebook_page import page_of

README = "Install and use <README>"  # a name for the menu: the README's own is that of the whole course
#: The folders of docs/ whose texts are for teachers, in the order of the pages.
TEACHING = ("guide", "classroom", "running")


def write_source(root: Path, folder: Path) -> None:
    """Write into `folder` what Sphinx makes the site of. A page that has not changed keeps its file, and its date."""
    guides = [path for name in TEACHING for path in sorted((root / "docs" / name).glob("*.md"))]
    cards = [root / "data" / "README.md", *sorted((root / "data" / "checkpoints").glob("*.md"))]
    texts = [root / "README.md", root / "CONTRIBUTING.md", *guides, *cards]
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    made = {
        "index.md": start_page(),
        "notebooks/index.md": course_page(),
        "teaching.md": _list_page("Teaching", _TEACHING, [_path(root, guide) for guide in guides]),
        "about.md": _list_page("About", _ABOUT, [README, *(_path(root, text) for text in (texts[1], *cards))]),
        **api_pages(root),
    }
    pages = {*made, *(_path(root, file) for file in (*texts, *notebooks))}
    files = {name: text.encode("utf-8") for name, text in made.items()}
    for text in texts:
        name = _path(root, text)
        words = text.read_text(encoding="utf-8")
        if text.parent.name == "guide":  # its links lead to cells, which JupyterLab follows; the site has headings
            words = with_headings(words)
        files[name] = site_links(words, name, pages, root).encode("utf-8")
    for notebook in notebooks:
        files[_path(root, notebook)] = page_of(notebook, pages, root)
    for picture in sorted((root / "docs").rglob("*.png")):
        files[_path(root, picture)] = picture.read_bytes()
    _write(folder, files)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Make the folder hold these files and no others."""
    for name, data in files.items():
        file = folder / name
        if not file.is_file() or file.read_bytes() != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.relative_to(folder).as_posix() not in files:
            file.unlink()


def _path(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()


def _list_page(title: str, text: str, pages: list[str]) -> str:
    """A page with a list of others, which their own titles name."""
    entries = "\n".join(pages)
    listed = f"```{{toctree}}\n:maxdepth: 1\n\n{entries}\n```\n" if pages else ""
    return f"# {title}\n\n{text}\n\n{listed}"


_TEACHING = """For whoever leads a class: what each chapter needs and where learners stumble, exercises that are handed
out and graded, and where the course runs. The chapters are there as slides too: `llmcourse slides 04` writes one HTML
file that works without a network."""
_ABOUT = "How the course is installed and used, how one adds to it, and what its data and its models are."
