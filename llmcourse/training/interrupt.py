"""The stop button: Ctrl-C, the kernel's square button or SIGTERM end the training after the present step.

SIGTERM is what a computing centre or a shutdown sends before it takes the machine away.
"""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class StopButton:
    """While active, the first signal only sets `pressed`; a second one raises KeyboardInterrupt at once.

    An exception in the middle of an optimizer's step would leave some weights updated and others not. Waiting for the
    end of the step costs a moment and keeps the model, and any checkpoint of it, in one piece. Signals reach the main
    thread only; in another thread the button does nothing, and an interrupt stays what it was.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> "StopButton":
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._press) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
