"""Exercise: sinusoidal positions."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.positions import sinusoidal_positions


def a_row_for_each_position(trial):
    n, d_model = trial.inputs
    if tuple(trial.result.shape) != (n, d_model):
        found = f"The shape is {tuple(trial.result.shape)} {trial.case}; it should be {(n, d_model)}"
        return f"{found}: a row for each position, a column for each dimension."
    return None


def position_0_is_known(trial):
    first = trial.result[0]
    if not torch.allclose(first[1::2], torch.ones_like(first[1::2]), atol=1e-4):
        return "At position 0 every angle is 0, and so every cosine, in the odd columns, is 1. Yours are not."
    return None


def waves(n, d_model, speed=lambda pair, d: 10_000 ** (-2 * pair / d), first=0, order="take turns"):
    """The table with one thing changed, so that a mistake takes a line."""
    position = torch.arange(first, first + n, dtype=torch.float32)[:, None]
    angles = position * speed(torch.arange(d_model // 2, dtype=torch.float32), d_model)
    sines, cosines = angles.sin(), angles.cos()
    if order == "halves":
        return torch.cat([sines, cosines], dim=-1)
    pairs = {"take turns": [sines, cosines], "cosine first": [cosines, sines], "sines": [sines, sines]}[order]
    return torch.stack(pairs, dim=-1).flatten(-2)


SINUSOIDAL = Exercise(
    key="sinusoidal",
    title="Sinusoidal positions",
    task="Write `sinusoidal_positions(n, d_model)`: `n` rows, in which sines and cosines of the same angle take turns.",
    difficulty=2,
    minutes=15,
    answer=sinusoidal_positions,
    tolerance=1e-4,
    cases={
        "for three positions and one pair": lambda draw: (3, 2),
        "for six positions and two pairs": lambda draw: (6, 4),
        "for 40 positions and eight pairs": lambda draw: (40, 16),
        "for a single position": lambda draw: (1, 8),
    },
    tests=[a_row_for_each_position, position_0_is_known],
    known_mistakes={
        "in halves": (
            lambda n, d_model: waves(n, d_model, order="halves"),
            "All sines stand in the first half and all cosines in the second. Here they take turns: sin, "
            "cos, sin, cos.",
        ),
        "cosine first": (
            lambda n, d_model: waves(n, d_model, order="cosine first"),
            "Cosine comes first in your pairs. The even columns hold the sines.",
        ),
        "only sines": (
            lambda n, d_model: waves(n, d_model, order="sines"),
            "Both numbers of each pair are sines. A clock hand needs a sine and a cosine: one alone cannot "
            "tell 1 o'clock from 5.",
        ),
        "one speed for all": (
            lambda n, d_model: waves(n, d_model, speed=lambda pair, d: torch.ones_like(pair)),
            "All your hands turn at the speed of 1, so positions 0 and 44 look nearly the same. Each pair has its own "
            "speed.",
        ),
        "without the 2": (
            lambda n, d_model: waves(n, d_model, speed=lambda pair, d: 10_000 ** (-pair / d)),
            "Your slower hands are too fast. The exponent is 2·pair / d_model, with pairs counted 0, 1, 2, …",
        ),
        "faster and faster": (
            lambda n, d_model: waves(n, d_model, speed=lambda pair, d: 10_000 ** (2 * pair / d)),
            "Your hands get faster from pair to pair, up to thousands of turns a step. Divide by 10,000^(2·pair / "
            "d_model); do not multiply.",
        ),
        "counted from 1": (
            lambda n, d_model: waves(n, d_model, first=1),
            "Your first row is that of position 1. Positions count from 0, where all angles are 0.",
        ),
        "lying": (
            lambda n, d_model: waves(n, d_model).T,
            "Rows and columns are exchanged: a row for each position, a column for each dimension.",
        ),
    },
    hints=[
        "First the angles, a table of `n` rows and d_model/2 columns: position times speed. Only then the waves.",
        "The speeds: `10_000 ** -(torch.arange(0, d_model, 2) / d_model)`. Positions times speeds, all with all: "
        "`torch.outer`.",
        "Fill every other column: `table[:, 0::2] = angles.sin()`, and the cosines into `1::2`. Or stack the two in a "
        "new last dimension, and flatten.",
    ],
)
