"""Positions: attention alone sees a set of vectors; these three ways tell it their order.

Learned and sinusoidal positions are vectors that are *added* to the embeddings, once, at the bottom of the model.
Rotary positions *turn* the queries and keys, in every attention layer, so that a score depends on how far apart
two tokens are and not on where they stand. (A fourth way, a bias on the scores, is in position_bias.)
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig, RopeScaling


class LearnedPositions(nn.Module):
    """One free vector per position, learned like any other weight (GPT-2, BERT).

    A position that no training text reached keeps the random vector that it began with.
    """

    def __init__(self, context: int, d_model: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(context, d_model) * 0.02)

    def forward(self, start: int, n: int) -> Float[Tensor, "position d_model"]:
        """The vectors of the `n` positions from `start` on. Raises CourseError beyond the last one."""
        return rows(self.weight, start, n)


def sinusoidal_positions(n: int, d_model: int) -> Float[Tensor, "position d_model"]:
    """Position p as a set of clock hands: sin(p·w) and cos(p·w) for d_model/2 speeds w between 1 and 1/10,000.

    Vaswani et al. (2017), Attention Is All You Need, section 3.5. Raises CourseError for an odd width.
    """
    angles = rotation_angles(n, d_model, theta=10_000.0)  # position pair
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)  # sin and cos take turns


class SinusoidalPositions(nn.Module):
    """Fixed waves of many lengths; nothing is learned."""

    table: Tensor

    def __init__(self, context: int, d_model: int):
        super().__init__()
        # Not persistent: a table that can be computed has no place in a checkpoint.
        self.register_buffer("table", sinusoidal_positions(context, d_model), persistent=False)

    def forward(self, start: int, n: int) -> Float[Tensor, "position d_model"]:
        """The vectors of the `n` positions from `start` on. Raises CourseError beyond the last one."""
        return rows(self.table, start, n)


def table_device() -> torch.device:
    """Where a computed table belongs: with the model, or, for one of shapes without numbers ("meta"), on the CPU: what
    is filled from a file later will find its tables ready."""
    device = torch.get_default_device()
    return torch.device("cpu") if device.type == "meta" else device


def rotation_angles(
    n: int, width: int, theta: float | int, scaling: RopeScaling | None = None
) -> Float[Tensor, "position pair"]:
    """By how many radians each pair of dimensions has turned at each position: position / theta^(2·pair / width),
    unless `scaling` slows some of them down.

    Raises CourseError for an odd width: what turns is a pair.
    """
    if width < 2 or width % 2:
        raise CourseError(f"{width} dimensions cannot be paired: the width must be even, and 2 or more")
    device = table_device()
    exponents = torch.arange(0, width, 2, dtype=torch.float32, device=device) / width
    speeds = theta**-exponents  # pair: from one radian per position to almost none
    if scaling is not None:
        speeds = slowed_down(speeds, scaling)
    return torch.outer(torch.arange(n, dtype=torch.float32, device=device), speeds)


def slowed_down(speeds: Float[Tensor, "pair"], scaling: RopeScaling) -> Float[Tensor, "pair"]:
    """Llama 3.1's way to a longer context than a model was trained with: (factor, slow, fast, context) say how.

    A pair that went round the old `context` less than `slow` times would meet angles that it has never seen, so it is
    slowed down by `factor`. One that went round more than `fast` times has seen them all, and stays. Between the two,
    a little of both. Grattafiori et al. (2024), The Llama 3 Herd of Models, and the code that came with it.
    """
    factor, slow, fast, context = scaling
    rounds = context * speeds / (2 * math.pi)
    kept = ((rounds - slow) / (fast - slow)).clamp(0, 1)
    return kept * speeds + (1 - kept) * speeds / factor


def rotary_table(
    n: int, d_head: int, theta: float | int = 10_000.0, scaling: RopeScaling | None = None
) -> tuple[Float[Tensor, "position d_head"], Float[Tensor, "position d_head"]]:
    """Cosine and sine of the angle of every position and dimension. Dimension i is paired with i + d_head/2."""
    angles = rotation_angles(n, d_head, theta, scaling).repeat(1, 2)
    return angles.cos(), angles.sin()


def apply_rotary(
    x: Float[Tensor, "*batch position d_head"],
    cos: Float[Tensor, "position d_head"],
    sin: Float[Tensor, "position d_head"],
) -> Float[Tensor, "*batch position d_head"]:
    """Each pair of dimensions (a, b), turned by its angle: (a·cos - b·sin, b·cos + a·sin).

    Su et al. (2021), RoFormer. The pairing of the first half with the second is Llama's.
    """
    first, second = x.chunk(2, dim=-1)
    quarter_turn = torch.cat([-second, first], dim=-1)
    return x * cos + quarter_turn * sin


class RotaryPositions(nn.Module):
    """Turns queries and keys by angles that grow with the position. Lengths stay what they were."""

    cos: Tensor
    sin: Tensor

    def __init__(self, context: int, d_head: int, theta: float | int = 10_000.0, scaling: RopeScaling | None = None):
        super().__init__()
        cos, sin = rotary_table(context, d_head, theta, scaling)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(
        self, x: Float[Tensor, "*batch position d_head"], start: int = 0
    ) -> Float[Tensor, "*batch position d_head"]:
        """`start`: the position of the first of these vectors (not 0 when earlier ones lie in a cache).

        Raises CourseError when the vectors have another width, or reach beyond the last position.
        """
        n, width = x.shape[-2:]
        if width != self.cos.shape[1]:
            raise CourseError(f"these rotations are for {self.cos.shape[1]} dimensions, not for a {tuple(x.shape)}")
        return apply_rotary(x, rows(self.cos, start, n), rows(self.sin, start, n))


def rows(table: Float[Tensor, "context width"], start: int, n: int) -> Float[Tensor, "position width"]:
    """The rows of the `n` positions from `start` on. Raises CourseError where there are none."""
    if start < 0 or n < 0 or start + n > len(table):
        raise CourseError(
            f"positions {start} to {start + n - 1} are not all there: the context ends at {len(table) - 1}"
        )
    return table[start : start + n]


def make_positions(config: ModelConfig) -> LearnedPositions | SinusoidalPositions | None:
    """What is added to the token embeddings; None where positions are known in another way, or not at all."""
    if config.positions == "learned":
        return LearnedPositions(config.context, config.d_model)
    if config.positions == "sinusoidal":
        return SinusoidalPositions(config.context, config.d_model)
    return None
