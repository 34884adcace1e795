"""A real Chromium that can reach this machine and nothing else. Every test fails on a refused request or an error."""

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ALLOWED = (
    "file:",
    "data:",
    "blob:",
    "about:",
    "http://127.0.0.1",
    "http://localhost",
    "ws://127.0.0.1",
    "ws://localhost",
)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A new page. At the end of the test there must have been no refused request and no error in it."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    refused: list[str] = []
    errors: list[str] = []

    def only_here(route: Any) -> None:
        if route.request.url.startswith(ALLOWED):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert not refused, f"requests to other machines: {refused}"
    assert not errors, f"errors in the page: {errors}"


@pytest.fixture
def mount(page: Any) -> Callable[..., Any]:
    """`mount(widget)` shows a widget's JavaScript in the page, connected to the Python object, without a kernel."""

    def mount(widget: Any, background: str = "white", connected: bool = True) -> Any:
        def state() -> dict[str, Any]:
            values = {name: getattr(widget, name) for name in widget.keys if not name.startswith("_")}
            return {name: v for name, v in values.items() if isinstance(v, str | int | float | bool | list | dict)}

        def set_in_python(name: str, value: Any) -> dict[str, Any]:
            if not connected:
                return {}
            setattr(widget, name, value)
            return state()

        def send_to_python(message: Any) -> dict[str, Any]:
            widget._handle_custom_msg(message, [])
            return state()

        page.set_content(f"<body style='margin: 20px; background: {background}'><div id='cell'></div></body>")
        page.expose_function("setInPython", set_in_python)
        page.expose_function("sendToPython", send_to_python)
        page.add_script_tag(path=HERE / "harness.js")
        css = str(getattr(widget, "_css", ""))
        page.evaluate("mounted => mount(mounted)", {"esm": str(widget._esm), "css": css, "state": state()})
        return page

    return mount


@pytest.fixture(scope="session")
def scene() -> Any:
    """The small world of tests/viz/conftest.py."""
    return runpy.run_path(str(HERE.parent / "viz" / "conftest.py"))["make_scene"]()
