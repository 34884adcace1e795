import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.calibration import Bin, calibration_bins, calibration_error, fit_temperature
from llmcourse.errors import CourseError

confidences = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60)


def test_a_case_that_can_be_computed_by_hand():
    confidence = torch.tensor([0.95, 0.95, 0.55, 1.0])
    right = torch.tensor([True, False, True, True])
    bins = calibration_bins(confidence, right)
    assert [b.size for b in bins] == [1, 3]
    assert calibration_error(confidence, right) == pytest.approx((0.45 + 3 * abs(2.9 / 3 - 2 / 3)) / 4)


@given(confidences, st.data(), st.integers(1, 20))
def test_every_guess_is_in_one_bin_and_the_error_is_a_share(values, data, n_bins):
    right = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    bins = calibration_bins(torch.tensor(values), torch.tensor(right), n_bins)
    assert sum(b.size for b in bins) == len(values)
    assert sum(b.size * b.right for b in bins) == pytest.approx(sum(right), abs=1e-3)
    assert 0 <= calibration_error(torch.tensor(values), torch.tensor(right), n_bins) <= 1


def test_whoever_says_what_is_so_has_no_error():
    right = torch.tensor([True] * 3 + [False])
    assert calibration_error(torch.full((4,), 0.75), right) == 0
    assert calibration_bins(torch.ones(2), torch.tensor([True, True])) == [Bin(1.0, 1.0, 2)]


def test_the_temperature_that_made_the_labels_is_found():
    """Labels drawn from softmax(logits / 4): the model that gives the logits is four times too sure."""
    generator = torch.Generator().manual_seed(0)
    logits = 8 * torch.randn(4000, 3, generator=generator)
    labels = torch.multinomial((logits / 4).softmax(-1), 1, generator=generator)[:, 0]
    temperature = fit_temperature(logits, labels)
    assert temperature == pytest.approx(4, rel=0.1)
    before, after = (
        calibration_error(p.amax(-1), p.argmax(-1) == labels)
        for p in (logits.softmax(-1), (logits / temperature).softmax(-1))
    )
    assert after < before / 4


def test_a_model_that_is_always_right_is_made_sure_and_not_infinitely_so():
    temperature = fit_temperature(torch.tensor([[0.1, 0.0], [0.0, 0.1]]), torch.tensor([0, 1]))
    assert 0 < temperature < 1
    assert math.isfinite(1 / temperature)


def test_what_is_no_confidence_is_refused_in_one_line():
    with pytest.raises(CourseError, match="there are no guesses"):
        calibration_error(torch.tensor([]), torch.tensor([], dtype=torch.bool))
    with pytest.raises(CourseError, match="give probabilities, not scores"):
        calibration_error(torch.tensor([1.5]), torch.tensor([True]))
