"""Calibration, group by group."""

import pytest
import torch

from llmcourse.analysis.group_calibration import EVERYBODY, calibration_by_group
from llmcourse.errors import CourseError


def test_right_for_everybody_and_wrong_for_each():
    said = torch.full((8,), 0.5)
    happened = torch.tensor([True, True, True, True, False, False, False, False])
    found = calibration_by_group(said, happened, ["nurse"] * 4 + ["pilot"] * 4)
    assert list(found) == ["nurse", "pilot", EVERYBODY]
    assert (found["nurse"].gap, found["pilot"].gap, found[EVERYBODY].gap) == (-0.5, 0.5, 0)
    assert found["nurse"].size == 4


def test_everybodys_gap_is_the_groups_weighed_by_size():
    draw = torch.Generator().manual_seed(0)
    said, happened = torch.rand(30, generator=draw), torch.rand(30, generator=draw) < 0.4
    found = calibration_by_group(said, happened, [name for name in "aab" for _ in range(10)])
    weighed = sum(group.gap * group.size for name, group in found.items() if name != EVERYBODY) / 30
    assert found[EVERYBODY].gap == pytest.approx(weighed, abs=1e-6)


def test_bad_input():
    with pytest.raises(CourseError, match="2 probabilities, 2 outcomes and 1 groups"):
        calibration_by_group(torch.zeros(2), torch.ones(2, dtype=torch.bool), ["a"])
    with pytest.raises(CourseError, match="one of each"):
        calibration_by_group(torch.zeros(0), torch.ones(0, dtype=torch.bool), [])
