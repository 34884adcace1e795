"""Learning-rate schedules: what the peak learning rate is multiplied by, as training goes on.

A schedule is a function of `(step, total)`: how far the run has come and how long it will be, in steps or in seconds.
It rises during *warm-up*, while Adam's averages are still made of a few noisy gradients, and falls towards the end,
when large steps would only bounce around the minimum.

Papers: warm-up and its decay, Vaswani et al. 2017, "Attention Is All You Need", section 5.3; cosine, Loshchilov and
Hutter 2017, "SGDR"; warm-up, stable, decay, Hu et al. 2024, "MiniCPM".
"""

import math
from collections.abc import Callable

Schedule = Callable[..., float]


def constant(step: int | float, total: int | float, warmup: int | float = 0.02, final: int | float = 1.0) -> float:
    """Up to 1 during the first `warmup` (a fraction of the run), then 1 for ever. `final` is not used."""
    return rising(step / total, warmup)


def warmup_cosine(step: int | float, total: int | float, warmup: int | float = 0.02, final: int | float = 0.1) -> float:
    """Up to 1 during the first `warmup` of the run, then down to `final` along half a cosine."""
    progress = step / total
    if progress < warmup:
        return rising(progress, warmup)
    way_down = min(1.0, (progress - warmup) / (1 - warmup))  # 0 at the top, 1 at the end
    return final + (1 - final) * (1 + math.cos(math.pi * way_down)) / 2


def warmup_stable_decay(
    step: int | float,
    total: int | float,
    warmup: int | float = 0.02,
    final: int | float = 0.02,
    stable: int | float = 0.5,
) -> float:
    """Up to 1 during the first `warmup` of the run, at 1 until `stable` of it, then straight down to `final`."""
    progress = step / total
    if progress < stable:
        return rising(progress, warmup)
    way_down = min(1.0, (progress - stable) / (1 - stable))
    return 1 - (1 - final) * way_down


def rising(progress: float, warmup: int | float) -> float:
    """The straight line from 0 to 1 of the warm-up, and 1 after it."""
    return min(1.0, progress / warmup) if warmup > 0 else 1.0


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "warmup_cosine": warmup_cosine,
    "warmup_stable_decay": warmup_stable_decay,
}
