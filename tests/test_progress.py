import io
import sys
from types import SimpleNamespace

import pytest

from llmcourse.progress import progress_bar, someone_watches


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class ZMQInteractiveShell:
    """Named as the shell of a notebook kernel is."""


@pytest.mark.parametrize(
    ("quiet", "terminal", "notebook", "watched"),
    [
        ("0", True, False, True),
        ("", False, True, True),
        ("0", False, False, False),
        ("1", True, False, False),
        ("1", False, True, False),
    ],
)
def test_a_bar_needs_a_terminal_or_a_notebook_and_leave_to_speak(monkeypatch, quiet, terminal, notebook, watched):
    monkeypatch.setenv("LLMCOURSE_QUIET", quiet)
    monkeypatch.setattr(sys, "stderr", Terminal() if terminal else io.StringIO())
    shell = ZMQInteractiveShell() if notebook else None
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert someone_watches() is watched
    bar = progress_bar(3, "x", file=io.StringIO())
    assert bar.disable is not watched
    bar.close()
