"""The best model on a leash: what the highest reward looks like when every nat of distance has its price.

Among all distributions p over replies, mean reward - beta KL(p || p_ref) is highest for

    p(y) = p_ref(y) e^(r(y) / beta) / Z

With a handful of replies this can be written down and looked at. It is what RLHF and DPO are after.
"""

import math
from collections.abc import Mapping

from llmcourse.errors import CourseError

Number = int | float


def leashed(reference: Mapping[str, Number], reward: Mapping[str, Number], beta: Number) -> dict[str, float]:
    """p(y) proportional to p_ref(y) e^(r(y) / beta). Raises CourseError for a beta that is not above 0."""
    if not beta > 0:
        raise CourseError(f"beta is {beta}; it must be above 0: at 0 there is no leash, and the best reply takes all")
    highest = max(reward[reply] for reply, p in reference.items() if p > 0)
    weights = {reply: p * math.exp((reward[reply] - highest) / beta) for reply, p in reference.items()}
    total = math.fsum(weights.values())
    return {reply: weight / total for reply, weight in weights.items()}


def mean(p: Mapping[str, Number], value: Mapping[str, Number]) -> float:
    """The mean value of a reply drawn from p."""
    return math.fsum(share * value[reply] for reply, share in p.items())


def divergence(p: Mapping[str, Number], reference: Mapping[str, Number]) -> float:
    """KL(p || reference) in nats."""
    return math.fsum(share * math.log(share / reference[reply]) for reply, share in p.items() if share > 0)
