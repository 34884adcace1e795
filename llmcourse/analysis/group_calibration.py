"""Calibration in groups: a probability can be right for everybody together and wrong for everyone.

A model that says 50% for all is right in the mean where half of all workers are "she", even if nearly all nurses are
and hardly any pilots. Papers: Hebert-Johnson et al. (2018), Multicalibration; Pleiss et al. (2017), On Fairness and
Calibration.
"""

from collections.abc import Sequence
from typing import NamedTuple

from jaxtyping import Bool, Float
from torch import Tensor

from llmcourse.errors import CourseError

EVERYBODY = "everybody"


class Group(NamedTuple):
    """What was said of a group, and what was so."""

    said: float  # the mean probability
    happened: float  # the share in which it came true
    size: int

    @property
    def gap(self) -> float:
        """said - happened: above 0 the model says it too often."""
        return self.said - self.happened


def calibration_by_group(
    said: Float[Tensor, " case"], happened: Bool[Tensor, " case"], groups: Sequence[str]
) -> dict[str, Group]:
    """For each group, in alphabetical order, and at last for everybody: mean probability, frequency and size.

    said: the probability given to each case; happened: whether it came true; groups: the name of each case's group.
    Raises CourseError when there is no case, or the three are not equally long.
    """
    if not len(groups) or not len(said) == len(happened) == len(groups):
        lengths = f"{len(said)} probabilities, {len(happened)} outcomes and {len(groups)} groups"
        raise CourseError(f"one of each is needed for every case, and there are {lengths}")
    rows = {name: [place for place, group in enumerate(groups) if group == name] for name in sorted(set(groups))}
    rows[EVERYBODY] = list(range(len(groups)))
    return {
        name: Group(said[places].mean().item(), happened[places].double().mean().item(), len(places))
        for name, places in rows.items()
    }
