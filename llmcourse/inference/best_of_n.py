"""Best of n: draw n replies, give out the one with the highest reward. No training at all.

It is the simplest way to follow a reward, and it is known exactly how far it moves from the model:
KL = ln n - (n - 1) / n. Stiennon et al. (2020); Gao et al. (2023), section 2.
"""

import math
from collections.abc import Sequence

from llmcourse.errors import CourseError


def best_of_n_kl(n: int) -> float:
    """How far the best of n lies from a single draw, in nats, if no two replies are equal. Else it is less."""
    if n < 1:
        raise CourseError(f"n is {n}; at least one reply has to be drawn")
    return math.log(n) - (n - 1) / n


def best_of_n_mean(rewards: Sequence[int | float], values: Sequence[int | float], n: int) -> float:
    """The mean value of the best of n, by `rewards`, over all ways to take n from these replies.

    With N replies the one of rank i (1 is the lowest reward) is the best in C(i - 1, n - 1) of C(N, n) choices. That is
    exact, where drawing n again and again would be noisy. Replies of equal reward share alike.

    Raises CourseError when there are fewer than n replies, or as many rewards as values are not given.
    """
    if len(rewards) != len(values):
        raise CourseError(f"each reply needs a reward and a value, but there are {len(rewards)} and {len(values)}")
    if not 1 <= n <= len(rewards):
        raise CourseError(f"n is {n}; it must lie between 1 and the number of replies, {len(rewards)}")
    at: dict[int | float, list[int | float]] = {}
    for reward, value in zip(rewards, values, strict=True):
        at.setdefault(reward, []).append(value)
    below, total = 0, 0.0
    for reward in sorted(at):
        upto = below + len(at[reward])
        chosen = math.comb(upto, n) - math.comb(below, n)  # choices whose best has this reward
        total += chosen * sum(at[reward]) / len(at[reward])
        below = upto
    return total / math.comb(len(rewards), n)
