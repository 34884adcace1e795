"""The one line of set-up with which every notebook starts."""

from __future__ import annotations

import random


def begin(number: str, seed: int = 0) -> None:
    """Make a notebook ready: the same random numbers on every run, the course's look, and a fair share of the cores.

    Args:
        number: the notebook's number, "04"; every notebook draws its own random numbers.
        seed: another seed gives other random numbers.

    Raises:
        DeviceError: `LLMCOURSE_DEVICE` or `LLMCOURSE_THREADS` asks for what this machine has not.
    """
    import numpy
    import torch

    from llmcourse.course.record import record_opened
    from llmcourse.device import pick_device, set_threads

    seed = 1_000 * seed + int(number)
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)
    set_threads()
    pick_device()  # a device that is not there is better reported in the first cell than in the tenth
    _use_style()
    record_opened(number)


def _use_style() -> None:
    """The course's plot style, where matplotlib is installed and a notebook may draw."""
    try:
        from llmcourse.viz.style import use_style
    except ModuleNotFoundError:
        return
    use_style()
