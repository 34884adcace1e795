import random

import matplotlib
import numpy
import pytest
import torch

from llmcourse.course import begin
from llmcourse.errors import CourseError


def numbers():
    return random.random(), numpy.random.rand(), torch.rand(1).item()


def test_gives_every_notebook_its_own_numbers_on_every_run(capsys):
    begin("04")
    first = numbers()
    begin("10")
    other = numbers()
    begin("04")
    assert numbers() == first
    assert not set(first) & set(other)
    begin("04", seed=1)
    assert not set(first) & set(numbers())
    assert capsys.readouterr() == ("", "")


def test_shows_nothing():
    assert begin("00") is None


def test_sets_threads_and_style(monkeypatch):
    from llmcourse.viz.style import STYLE

    threads = torch.get_num_threads()
    monkeypatch.setenv("LLMCOURSE_THREADS", "2")
    with matplotlib.rc_context({"font.size": 3}):
        begin("04")
        assert torch.get_num_threads() == 2
        assert matplotlib.rcParams["font.size"] == STYLE["font.size"]
    torch.set_num_threads(threads)


def test_says_at_once_that_a_device_is_missing(monkeypatch):
    monkeypatch.setenv("LLMCOURSE_DEVICE", "abacus")
    with pytest.raises(CourseError, match="abacus"):
        begin("04")
