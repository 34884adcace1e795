"""Progress bars for people who watch, and silence for everyone else."""

import os
import sys
from typing import Any

from tqdm.auto import tqdm

QUIET_VARIABLE = "LLMCOURSE_QUIET"


def someone_watches() -> bool:
    """Whether a progress bar has a reader: a terminal or a notebook, and `LLMCOURSE_QUIET` is not set.

    Under test, in a pipe and in notebooks that are executed to be stored, a bar would only leave litter behind.
    """
    if os.environ.get(QUIET_VARIABLE, "0") not in ("", "0"):
        return False
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell" or sys.stderr.isatty()


def progress_bar(
    total: int | float | None, description: str = "", unit: str = "", quiet: bool = False, **options: Any
) -> tqdm:
    """A tqdm bar that draws itself only where someone watches, and not if it is to be `quiet`."""
    return tqdm(total=total, desc=description, unit=unit, disable=quiet or not someone_watches(), **options)
