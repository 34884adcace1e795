from pathlib import Path

import pytest

import llmcourse
from llmcourse.corpus import data_folder
from llmcourse.errors import CourseError


def test_a_checkout_has_its_data_beside_the_package(root):
    assert data_folder() == root / "data"


def test_the_environment_decides_before_all(tmp_path, monkeypatch):
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
    assert data_folder() == tmp_path


def test_a_folder_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path / "gone"))
    with pytest.raises(CourseError, match=r"LLMCOURSE_DATA names .*gone, which is not a folder"):
        data_folder()


def test_an_installed_package_carries_its_data(tmp_path, monkeypatch):
    package = tmp_path / "site" / "llmcourse"
    (package / "_data").mkdir(parents=True)
    monkeypatch.setattr(llmcourse, "__file__", str(package / "__init__.py"))
    assert data_folder() == package / "_data"
    (package / "_data").rmdir()
    with pytest.raises(CourseError, match="data folder is missing"):
        data_folder()
    Path(tmp_path / "site" / "data").mkdir()
    assert data_folder() == tmp_path / "site" / "data"
