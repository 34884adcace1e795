"""A scaling law: how the loss depends on the size of a model and on the tokens that it has seen.

    L(N, D) = E + A / N^alpha + B / D^beta

E is what no model can get below, the second term is the price of being small, the third that of having seen little.
Hoffmann et al. (2022), Training Compute-Optimal Large Language Models, approach 3. Here E is known, so that a fit which
has to find it can be judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from llmcourse.errors import CourseError

Number = int | float
Array = NDArray[np.float64]
Run = tuple[Number, Number, Number]  # parameters, tokens, loss
LEAST, MOST, TIMES = 0.02, 3.0, 24  # the exponents that are tried, and how many


@dataclass(frozen=True)
class ScalingLaw:
    """The five numbers of the law."""

    floor: Number  # E
    a: Number
    alpha: Number
    b: Number
    beta: Number

    def loss(self, parameters: Number, tokens: Number) -> float:
        """L(N, D)."""
        return self.floor + self.a / parameters**self.alpha + self.b / tokens**self.beta

    def error(self, runs: Sequence[Run]) -> float:
        """By how many per cent (as a share) the law is off on these runs: the root of the mean square."""
        off = [self.loss(n, d) / loss - 1 for n, d, loss in runs]
        return float(np.sqrt(np.mean(np.square(off))))


def fit_scaling_law(runs: Sequence[Run], floor: Number | None = None) -> ScalingLaw:
    """The law that comes nearest to the runs (N, D, loss): least squares of the relative errors, no number negative.

    `floor`: E, if it is known; None: fitted with the rest. For any two exponents the best E, A and B follow from a
    system of linear equations; the exponents are searched on a grid that is drawn tighter three times.
    Raises CourseError for too few runs, and for runs of a single size or a single number of tokens.
    """
    n, d, loss = (np.array(column, dtype=float) for column in zip(*runs, strict=True))
    unknown = 4 if floor is not None else 5
    if len(runs) < unknown + 1 or len(set(n)) < 2 or len(set(d)) < 2:
        raise CourseError(f"{len(runs)} runs are too few: {unknown + 1} or more are needed, of different sizes and "
                          "numbers of tokens")  # fmt: skip
    ranges = [(LEAST, MOST), (LEAST, MOST)]
    best = (np.inf, 0.0, 0.0, np.zeros(3))
    for _ in range(4):
        alphas, betas = (np.geomspace(low, high, TIMES) for low, high in ranges)
        for alpha in alphas:
            for beta in betas:
                found = solve(n**-alpha, d**-beta, loss, floor)
                if found[0] < best[0]:
                    best = (found[0], alpha, beta, found[1])
        step = [(high / low) ** (1.5 / TIMES) for low, high in ranges]
        ranges = [(centre / s, centre * s) for centre, s in zip(best[1:3], step, strict=True)]
    _, alpha, beta, (e, a, b) = best
    return ScalingLaw(float(e), float(a), float(alpha), float(b), float(beta))


def solve(x: Array, y: Array, loss: Array, floor: Number | None) -> tuple[float, Array]:
    """The E, A, B, none of them negative, for which E + A·x + B·y is nearest to `loss`, and how far off it is."""
    columns = np.stack([np.ones_like(loss), x, y], axis=1) / loss[:, None]
    goal = np.ones_like(loss) if floor is None else 1 - floor / loss
    free = (0, 1, 2) if floor is None else (1, 2)
    best = (np.inf, np.zeros(3))
    for count in range(len(free), 0, -1):
        for chosen in combinations(free, count):
            part = columns[:, chosen]
            scale = np.linalg.norm(part, axis=0)
            values = np.linalg.lstsq(part / scale, goal, rcond=None)[0] / scale
            off = float(np.square(part @ values - goal).sum())
            if (values >= 0).all() and off < best[0]:
                best = (off, np.zeros(3))
                best[1][list(chosen)] = values
        if np.isfinite(best[0]):
            break
    if floor is not None:
        best[1][0] = floor
    return best


def bootstrap(runs: Sequence[Run], floor: Number | None = None, times: int = 40, seed: int = 0) -> list[ScalingLaw]:
    """Laws fitted to `times` samples of the runs, drawn with replacement: how sure one can be of the five numbers."""
    dice = np.random.default_rng(seed)
    laws: list[ScalingLaw] = []
    while len(laws) < times:
        sample = [runs[index] for index in dice.integers(len(runs), size=len(runs))]
        try:
            laws.append(fit_scaling_law(sample, floor))
        except CourseError:  # a sample of a single size
            continue
    return laws


def middle(values: Sequence[Number], share: Number = 0.8) -> tuple[float, float]:
    """The range in which the middle `share` of the values lie."""
    low, high = np.quantile(values, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
