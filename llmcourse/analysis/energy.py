"""The energy of a training, and the carbon dioxide of its electricity: an estimate is as good as its assumptions.

Strubell, Ganesh and McCallum (2019), Energy and Policy Considerations for Deep Learning in NLP; Patterson et al.
(2021), Carbon Emissions and Large Neural Network Training.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from llmcourse.errors import CourseError

Number = int | float
POUND = 0.45359237  # kg


@dataclass(frozen=True)
class Assumptions:
    """All that has to be assumed.

    watts:        what one device draws while it works, with its share of the computer around it
    pue:          power usage effectiveness: what the data centre draws for each watt that its computers draw
    grams:        of CO2 (or what warms as much) for each kilowatt-hour of the grid
    """

    watts: Number
    pue: Number
    grams: Number

    def __post_init__(self) -> None:
        if not (self.watts > 0 and self.pue >= 1 and self.grams >= 0):
            raise CourseError(
                f"watts={self.watts} must be above 0, pue={self.pue} at least 1, and grams={self.grams} not negative"
            )


@dataclass(frozen=True)
class Footprint:
    """What a training takes and leaves behind. Neither making the machines nor using the model is in it."""

    kwh: float
    kg: float


def footprint(device_hours: Number, assumed: Assumptions) -> Footprint:
    """Energy = hours · watts · pue; carbon = energy · grams of the grid."""
    if device_hours < 0:
        raise CourseError(f"device_hours={device_hours} must not be negative")
    kwh = device_hours * assumed.watts * assumed.pue / 1_000
    return Footprint(kwh, kwh * assumed.grams / 1_000)


def device_hours(flops: Number, per_second: Number) -> float:
    """Hours of one device for so many operations, at the rate that it really reaches, not the one in its brochure."""
    if not per_second > 0:
        raise CourseError(f"per_second={per_second} must be above 0")
    return flops / per_second / 3_600


@dataclass(frozen=True)
class PublishedFootprint:
    """A training's hours and assumptions, and what its paper makes of them."""

    hours: Number
    assumed: Assumptions
    kwh: Number
    kg: Number
    source: str


#: The figures of two papers, each with the assumptions that stand beside them there. Strubell's hours are of a whole
#: machine (64 V100, 8 P100), with the watts of all of it; her 0.954 pounds per kWh are the mean of the US grid.
PUBLISHED_FOOTPRINTS: Mapping[str, PublishedFootprint] = MappingProxyType(
    {
        "Transformer (big)": PublishedFootprint(
            84, Assumptions(1_515.43, 1.58, 954 * POUND), 201, 192 * POUND, "Strubell et al. (2019), table 3"
        ),
        "BERT (base)": PublishedFootprint(
            79, Assumptions(12_041.51, 1.58, 954 * POUND), 1_507, 1_438 * POUND, "Strubell et al. (2019), table 3"
        ),
        "GPT-3": PublishedFootprint(
            device_hours(3.14e23, 24.6e12),
            Assumptions(330, 1.10, 429),
            1_287_000,
            552_100,
            "Patterson et al. (2021), table 4",
        ),
    }
)
