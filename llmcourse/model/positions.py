"""Positions: attention alone sees a set of vectors; these three ways tell it their order.

Learned and sinusoidal positions are vectors that are *added* to the embeddings, once, at the bottom of the model.
Rotary positions *turn* the queries and keys, in every attention layer, so that a score depends on how far apart
two tokens are and not on where they stand. (A fourth way, a bias on the scores, is in position_bias.)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig


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


def rotation_angles(n: int, width: int, theta: float) -> Float[Tensor, "position pair"]:
    """By how many radians each pair of dimensions has turned at each position: position / theta^(2·pair / width).

    Raises CourseError for an odd width: what turns is a pair.
    """
    if width < 2 or width % 2:
        raise CourseError(f"{width} dimensions cannot be paired: the width must be even, and 2 or more")
    exponents = torch.arange(0, width, 2, dtype=torch.float32) / width
    speeds = theta**-exponents  # pair: from one radian per position to almost none
    return torch.outer(torch.arange(n, dtype=torch.float32), speeds)


def rotary_table(
    n: int, d_head: int, theta: float = 10_000.0
) -> tuple[Float[Tensor, "position d_head"], Float[Tensor, "position d_head"]]:
    """Cosine and sine of the angle of every position and dimension. Dimension i is paired with i + d_head/2."""
    angles = rotation_angles(n, d_head, theta).repeat(1, 2)
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

    def __init__(self, context: int, d_head: int, theta: float = 10_000.0):
        super().__init__()
        cos, sin = rotary_table(context, d_head, theta)
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
