"""The slider draws what it comes to, once."""

import pytest
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.slider import PictureSlider


def make(drawn: list[int], **settings: int) -> PictureSlider:
    def draw(value: int) -> Figure:
        drawn.append(value)
        return Figure(figsize=(1 + value / 1_000, 1))

    return PictureSlider("step", [0, 500, 1_000], draw, alt="A square that grows", **settings)


def test_it_begins_at_the_end_and_draws_each_picture_once() -> None:
    drawn: list[int] = []
    slider = make(drawn)
    assert (slider.place, slider.values, drawn) == (2, ["0", "500", "1,000"], [1_000])
    last = slider.shown["image"]
    slider.place = 0
    assert slider.shown["place"] == 0
    assert slider.shown["image"] != last
    slider.place = 2
    assert slider.shown["image"] == last
    assert drawn == [1_000, 0]


def test_a_still_picture_stands_for_it() -> None:
    data, metadata = make([], place=1)._repr_mimebundle_()
    assert data["text/plain"] == "A square that grows"
    assert metadata["image/png"]["alt"] == "A square that grows"
    assert data["image/png"]


def test_places_that_are_not_there() -> None:
    with pytest.raises(CourseError, match="3 values cannot begin at place 3"):
        make([], place=3)
