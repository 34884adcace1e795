"""Energy and carbon: published figures from their own assumptions."""

import pytest

from llmcourse.analysis.energy import PUBLISHED_FOOTPRINTS, Assumptions, device_hours, footprint
from llmcourse.errors import CourseError


@pytest.mark.parametrize("name", PUBLISHED_FOOTPRINTS)
def test_published_figures_are_reproduced(name):
    one = PUBLISHED_FOOTPRINTS[name]
    mine = footprint(one.hours, one.assumed)
    assert mine.kwh == pytest.approx(one.kwh, rel=0.005)
    assert mine.kg == pytest.approx(one.kg, rel=0.005)


def test_a_kilowatt_for_an_hour():
    found = footprint(device_hours(3.6e12, 1e9), Assumptions(watts=1000, pue=1.5, grams=400))
    assert (found.kwh, found.kg) == pytest.approx((1.5, 0.6))


def test_impossible_assumptions_are_refused():
    with pytest.raises(CourseError, match=r"pue=0\.9 at least 1"):
        Assumptions(watts=300, pue=0.9, grams=400)
    with pytest.raises(CourseError, match="must not be negative"):
        footprint(-1, Assumptions(300, 1.1, 400))
    with pytest.raises(CourseError, match="must be above 0"):
        device_hours(1e9, 0)
