import pytest
import torch

from llmcourse.analysis.exactness import chi_square_p, count, total_variation
from llmcourse.errors import CourseError


def test_known_values() -> None:
    assert chi_square_p([50, 50], [0.5, 0.5]) == 1.0
    assert abs(chi_square_p([60, 40], [0.5, 0.5]) - 0.0455) < 1e-4  # chi-square 4 with one degree of freedom
    assert abs(chi_square_p([30, 30, 40], [0.25, 0.25, 0.5]) - 0.1353) < 1e-4  # 4 with two
    assert chi_square_p([10, 0, 90], [0.1, 0.0, 0.9]) == 1.0
    assert chi_square_p([10, 1, 89], [0.1, 0.0, 0.9]) == 0.0


def test_p_values_are_evenly_spread_when_nothing_is_wrong() -> None:
    p, generator = torch.tensor([0.4, 0.3, 0.2, 0.1]), torch.Generator().manual_seed(0)
    found = torch.tensor(
        [chi_square_p(count(torch.multinomial(p, 500, True, generator=generator).tolist(), 4), p) for _ in range(400)]
    )
    assert 0.4 < found.median() < 0.6
    assert 0.02 < (found < 0.05).float().mean() < 0.09


def test_what_cannot_be_tested() -> None:
    with pytest.raises(CourseError, match="one for each"):
        chi_square_p([1, 2], [0.5, 0.2, 0.3])
    with pytest.raises(CourseError, match="draw more"):
        chi_square_p([2, 1], [0.5, 0.5])


def test_total_variation() -> None:
    assert abs(total_variation(torch.tensor([0.5, 0.5]), torch.tensor([0.8, 0.2])).item() - 0.3) < 1e-6
