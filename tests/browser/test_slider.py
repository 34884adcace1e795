"""The slider over pictures in a real browser, with the keyboard."""

import pytest
from matplotlib.figure import Figure

from llmcourse.viz.slider import PictureSlider

pytestmark = pytest.mark.browser


def test_the_keyboard_moves_the_slider_and_python_draws(mount) -> None:
    def draw(step: int) -> Figure:
        return Figure(figsize=(2 + step / 1_000, 1))

    widget = PictureSlider("training step", [0, 500, 1_000], draw, alt="A strip that grows")
    page = mount(widget)
    slider, picture = page.get_by_role("slider", name="training step"), page.get_by_role("img")
    assert slider.get_attribute("aria-valuetext") == "training step 1,000"
    assert picture.get_attribute("alt") == "A strip that grows (training step 1,000)"
    first = picture.get_attribute("src")

    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("window.model.get('shown').place === 1")
    assert widget.place == 1
    assert picture.get_attribute("src") != first
    assert picture.get_attribute("alt") == "A strip that grows (training step 500)"
    assert slider.get_attribute("aria-valuetext") == "training step 500"
    assert page.locator("output").inner_text() == "500"
