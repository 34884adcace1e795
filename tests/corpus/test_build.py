"""The committed data can be made again byte for byte, and a damaged copy is noticed."""

import shutil

import pytest

from llmcourse.corpus.build import MANIFEST, SPLITS, build, check, write_manifest
from llmcourse.corpus.files import data_folder
from llmcourse.errors import CourseError


def test_building_again_gives_the_committed_bytes(tmp_path):
    build(tmp_path)
    for name in (*SPLITS, "vocabulary"):
        made = (tmp_path / "world" / f"{name}.txt").read_bytes()
        assert made == (data_folder() / "world" / f"{name}.txt").read_bytes(), name


def test_the_committed_data_is_as_its_manifest_says():
    assert check(data_folder()) == []


def test_splits_are_disjoint_and_without_repeats():
    paths = [data_folder() / "world" / f"{name}.txt" for name in SPLITS]
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    assert len(lines) == sum(count for count, _ in SPLITS.values())
    assert len(set(lines)) == len(lines)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "world").mkdir()
    shutil.copy(data_folder() / "world" / "test.txt", tmp_path / "world" / "test.txt")
    write_manifest(tmp_path)
    assert check(tmp_path) == []
    return tmp_path


def test_a_changed_file_is_noticed(folder):
    path = folder / "world" / "test.txt"
    path.write_bytes(path.read_bytes().replace(b"baker", b"faker", 1))
    assert check(folder) == ["world/test.txt is not as the manifest says; run: llmcourse data build"]


def test_missing_and_unlisted_files_are_noticed(folder):
    (folder / "world" / "test.txt").rename(folder / "world" / "other.txt")
    missing, unlisted = check(folder)
    assert missing.startswith("world/test.txt is missing") and unlisted == "world/other.txt is not in the manifest"
    (folder / MANIFEST).unlink()
    assert "llmcourse data build" in check(folder)[0]


def test_a_checkpoint_comes_back_from_git_not_from_a_build(folder):
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "gpt.safetensors").write_bytes(b"weights")
    write_manifest(folder)
    (folder / "checkpoints" / "gpt.safetensors").write_bytes(b"other weights")
    assert "git restore data/checkpoints/gpt.safetensors" in check(folder)[0]


def test_a_folder_that_cannot_be_written_gives_one_line(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CourseError, match="cannot write the data"):
        build(tmp_path / "file" / "data")
