"""Which device and how many threads: what was asked for, or one clear line."""

import pytest
import torch

from llmcourse.device import DeviceError, available_devices, describe, pick_device, set_threads


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLMCOURSE_DEVICE", raising=False)
    monkeypatch.delenv("LLMCOURSE_THREADS", raising=False)


def pretend(monkeypatch: pytest.MonkeyPatch, cuda: int = 0, mps: bool = False) -> None:
    """A machine with so many GPUs."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "devices"),
    [(0, False, ["cpu"]), (0, True, ["mps", "cpu"]), (2, False, ["cuda", "cpu"]), (1, True, ["cuda", "mps", "cpu"])],
)
def test_the_fastest_device_comes_first(
    monkeypatch: pytest.MonkeyPatch, cuda: int, mps: bool, devices: list[str]
) -> None:
    pretend(monkeypatch, cuda, mps)
    assert available_devices() == devices
    assert pick_device() == torch.device(devices[0])


def test_the_variable_decides_and_the_argument_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cuda=2)
    monkeypatch.setenv("LLMCOURSE_DEVICE", "cuda:1")
    assert pick_device() == torch.device("cuda:1")
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device(torch.device("cuda", 0)) == torch.device("cuda:0")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("gpu", "'gpu' is no device; choose one of cuda, cpu"),
        ("mps", "this machine has no 'mps'; choose one of cuda, cpu"),
        ("cuda:3", "this machine has no 'cuda:3'"),
    ],
)
def test_a_device_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, asked: str, message: str) -> None:
    pretend(monkeypatch, cuda=1)
    with pytest.raises(DeviceError, match=message):
        pick_device(asked)


def test_threads_from_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        monkeypatch.setenv("LLMCOURSE_THREADS", "2")
        assert set_threads() == 2
        assert torch.get_num_threads() == 2
        assert set_threads(1) == 1
        monkeypatch.delenv("LLMCOURSE_THREADS")
        assert set_threads() == 1  # nothing asked for: nothing changed
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
def test_a_number_of_threads_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LLMCOURSE_THREADS", value)
    with pytest.raises(DeviceError, match=f"LLMCOURSE_THREADS is '{value}'"):
        set_threads()


def test_describe_says_it_in_words() -> None:
    assert describe(torch.device("cpu")).startswith("cpu: ")
    assert "Mac" in describe(torch.device("mps"))
