"""Where the numbers are computed, and on how many threads.

Two environment variables decide for a whole class of learners at once; without them the course does what is sensible:

    LLMCOURSE_DEVICE    "cpu", "cuda", "cuda:1" or "mps"
    LLMCOURSE_THREADS   how many threads PyTorch may use in this process (1 where many learners share a machine)
"""

import os

import torch

from llmcourse.errors import CourseError

DEVICE_VARIABLE = "LLMCOURSE_DEVICE"
THREADS_VARIABLE = "LLMCOURSE_THREADS"


class DeviceError(CourseError):
    """A device that does not exist or cannot be used, or a number of threads that is none."""


def available_devices() -> list[str]:
    """The devices of this machine, the fastest first: `["cuda", "cpu"]`, `["mps", "cpu"]` or `["cpu"]`."""
    devices = ["cpu"]
    if torch.backends.mps.is_available():
        devices.insert(0, "mps")
    if torch.cuda.is_available():
        devices.insert(0, "cuda")
    return devices


def pick_device(prefer: str | torch.device | None = None) -> torch.device:
    """The device to compute on: the one asked for, else `$LLMCOURSE_DEVICE`, else the fastest there is.

    Raises:
        DeviceError: the device asked for is not on this machine. Falling back in silence would let a
            learner wait an hour for what they believe runs on a GPU.
    """
    asked = str(prefer or os.environ.get(DEVICE_VARIABLE, "")).strip()
    if not asked:
        return torch.device(available_devices()[0])
    try:
        device = torch.device(asked)
    except RuntimeError:
        raise DeviceError(f"'{asked}' is no device; choose one of {', '.join(available_devices())}") from None
    count = torch.cuda.device_count() if device.type == "cuda" else 1
    if device.type not in available_devices() or (device.index or 0) >= count:
        raise DeviceError(f"this machine has no '{asked}'; choose one of {', '.join(available_devices())}")
    return device


def set_threads(threads: int | None = None) -> int:
    """Let PyTorch use `threads` threads (default `$LLMCOURSE_THREADS`, else PyTorch's own choice); returns the number.

    With two training kernels to a core, PyTorch's default of one thread per core makes every step several times
    slower than a single thread each would.
    """
    asked: int | str = threads if threads is not None else os.environ.get(THREADS_VARIABLE, "").strip()
    if asked != "":
        try:
            number = int(asked)
        except ValueError:
            number = 0
        if number < 1:
            raise DeviceError(f"{THREADS_VARIABLE} is '{asked}'; it must be a whole number of at least 1")
        torch.set_num_threads(number)
    return torch.get_num_threads()


def describe(device: torch.device) -> str:
    """One line for people: `"cuda: NVIDIA H200, 139 GiB"`, `"cpu: 2 threads"`."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return f"{device}: {properties.name}, {properties.total_memory / 2**30:.0f} GiB"
    if device.type == "mps":
        return "mps: the GPU of this Mac"
    threads = torch.get_num_threads()
    return f"cpu: {threads} thread{'s' if threads > 1 else ''}"
