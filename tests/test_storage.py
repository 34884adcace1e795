import os
from pathlib import Path

import pytest

from llmcourse import storage
from llmcourse.errors import CourseError
from llmcourse.storage import set_aside, write_atomically


class Killed(BaseException):
    """Stands for a kill: nothing after it is run, no handler catches it."""


def test_what_is_written_is_there_in_a_new_folder_too(tmp_path):
    path = tmp_path / "a" / "b" / "file"
    write_atomically(path, b"one")
    write_atomically(str(path), b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_killed_before_the_rename_the_old_file_is_whole(tmp_path, monkeypatch, moment):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, moment, die)
        with pytest.raises(Killed):
            write_atomically(path, b"new and longer")
    assert path.read_bytes() == b"old"
    write_atomically(path, b"newer")  # what the kill left lying about is not in the way
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_bytes_are_on_the_disk_before_the_name_changes_and_the_name_after(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace

    def log_fsync(handle):
        is_folder = Path(f"/proc/self/fd/{handle}").is_dir() if os.path.exists("/proc/self/fd") else bool(calls[1:])
        calls.append("sync folder" if is_folder else "sync file")
        fsync(handle)

    def log_replace(source, target):
        calls.append("rename")
        assert Path(source).read_bytes() == b"all of it"
        replace(source, target)

    monkeypatch.setattr(storage.os, "fsync", log_fsync)
    monkeypatch.setattr(storage.os, "replace", log_replace)
    write_atomically(tmp_path / "file", b"all of it")
    assert calls == ["sync file", "rename"] + ["sync folder"] * (os.name != "nt")


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_full_disk_is_one_line_and_leaves_the_old_file_alone(tmp_path, monkeypatch, moment):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, moment, full)
        with pytest.raises(CourseError, match=r"cannot write .*file \(No space left on device\): choose") as caught:
            write_atomically(path, b"new")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_a_file_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="cannot write"):
        write_atomically(tmp_path / "file" / "below", b"new")


def test_what_is_set_aside_takes_a_name_that_is_free(tmp_path: Path) -> None:
    for content in ("first", "second"):
        (tmp_path / "table.csv").write_text(content, encoding="utf-8")
        set_aside(tmp_path / "table.csv", "old")
    assert not (tmp_path / "table.csv").exists()
    found = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert found == {"table.old-1.csv": "first", "table.old-2.csv": "second"}
