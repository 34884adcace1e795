"""The stop button: an interrupt (Ctrl-C, or the kernel's square button) ends the training after the present step."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class StopButton:
    """While active, the first interrupt only sets `pressed`; a second one raises KeyboardInterrupt at once.

    An exception in the middle of an optimizer's step would leave some weights updated and others not. Waiting for the
    end of the step costs a moment and keeps the model, and any checkpoint of it, in one piece. Signals reach the main
    thread only; in another thread the button does nothing, and an interrupt stays what it was.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._previous: Any = None

    def __enter__(self) -> "StopButton":
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
