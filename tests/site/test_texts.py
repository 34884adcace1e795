"""Links, docstrings and signatures on their way into the site."""

from pathlib import Path

from llmcourse.site.docstrings import as_rst
from llmcourse.site.links import site_links
from llmcourse.site.source import write_source

PAGES = {"README.md", "notebooks/04_self_attention.ipynb", "api/llmcourse.model.attention.rst"}


def repository(folder: Path, address: str = "") -> Path:
    urls = f'[project.urls]\nRepository = "{address}"\n' if address else ""
    (folder / "pyproject.toml").write_text(f"[project]\nname = 'x'\n{urls}", encoding="utf-8")
    return folder


def test_links_between_pages_and_to_other_places_stay(tmp_path: Path) -> None:
    root = repository(tmp_path)
    for text in ("[a](notebooks/04_self_attention.ipynb)", "[b](https://example.org/x)", "[c](#here)"):
        assert site_links(text, "README.md", PAGES, root) == text


def test_a_file_of_the_package_leads_to_its_page(tmp_path: Path) -> None:
    text = site_links("[x](../llmcourse/model/attention.py)", "notebooks/n.ipynb", PAGES, repository(tmp_path))
    assert text == "[x](../api/llmcourse.model.attention.rst)"


def test_any_other_file_leads_to_the_repository_or_nowhere(tmp_path: Path) -> None:
    assert site_links("[x](LICENSE)", "README.md", PAGES, repository(tmp_path)) == "x"
    other = tmp_path / "other"
    other.mkdir()
    root = repository(other, "https://example.org/us/course")
    assert (
        site_links("[x](LICENSE)", "README.md", PAGES, root) == "[x](https://example.org/us/course/blob/HEAD/LICENSE)"
    )


def test_a_picture_of_another_server_becomes_its_words(tmp_path: Path) -> None:
    assert site_links("![badge](https://example.org/b.svg)", "README.md", PAGES, repository(tmp_path)) == "badge"


def test_a_docstring_becomes_what_sphinx_reads() -> None:
    lines = ["What.", "", "    code(x | y)", "", "`a`: one", "    and more", "`b`: |two|", "", "Raises:", "    E: no."]
    assert as_rst(lines) == [
        *("What.", "", "::", "", "    code(x | y)", ""),
        *("- `a`: one", "  and more", r"- `b`: \|two\|", "", "Raises:", "    E: no.", ""),
    ]


def test_a_second_writing_changes_no_file_and_removes_what_is_gone(tmp_path: Path, root: Path) -> None:
    write_source(root, tmp_path)
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}
    assert tmp_path / "notebooks" / "index.md" in files
    (tmp_path / "old.md").write_text("gone", encoding="utf-8")
    write_source(root, tmp_path)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()} == files
