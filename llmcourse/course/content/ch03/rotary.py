"""Exercise: rotary positions."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.positions import apply_rotary, rotary_table


def same_shape(trial):
    if trial.result.shape != trial.inputs[0].shape:
        shape, right = tuple(trial.result.shape), tuple(trial.inputs[0].shape)
        return f"A turned vector has the shape that it had, {right}; yours has the shape {shape}."
    return None


def lengths_stay(trial):
    before, after = trial.inputs[0].norm(dim=-1), trial.result.norm(dim=-1)
    if not torch.allclose(before, after, atol=1e-4):
        return (
            f"A turn changes no lengths, and yours does {trial.case}: a vector of {before.flatten()[-1]:.2f} became "
            + (f"{after.flatten()[-1]:.2f}. Look at the signs, and at which number meets which cosine.")
        )
    return None


def turned(x, cos, sin, partner):
    return x * cos + partner(*x.chunk(2, dim=-1)) * sin


def turned_neighbours(x, cos, sin):
    partner = torch.stack([-x[..., 1::2], x[..., ::2]], dim=-1).flatten(-2)
    pairwise = [part[..., : part.shape[-1] // 2].repeat_interleave(2, dim=-1) for part in (cos, sin)]
    return x * pairwise[0] + partner * pairwise[1]


ROTARY = Exercise(
    key="rotary",
    title="Rotary positions",
    task="Write `apply_rotary(x, cos, sin)`: every pair of dimensions (i, i + d_head/2), turned by its angle.",
    difficulty=2,
    minutes=15,
    answer=apply_rotary,
    cases={
        "for a quarter turn": lambda draw: (torch.tensor([[1.0, 0.0]]), torch.zeros(1, 2), torch.ones(1, 2)),
        "for one pair at three positions": lambda draw: (draw(3, 2), *rotary_table(3, 2)),
        "for four pairs at six positions": lambda draw: (draw(6, 8), *rotary_table(6, 8, theta=10.0)),
        "for a batch of heads": lambda draw: (draw(2, 3, 5, 8), *rotary_table(5, 8)),
    },
    tests=[same_shape, lengths_stay],
    known_mistakes={
        "the other way round": (
            lambda x, cos, sin: turned(x, cos, sin, lambda a, b: torch.cat([b, -a], -1)),
            "You turn the wrong way: (1, 0) went to (0, -1) in a quarter turn, and should go to (0, 1). The "
            "minus belongs to b·sin.",
        ),
        "no minus": (
            lambda x, cos, sin: turned(x, cos, sin, lambda a, b: torch.cat([b, a], -1)),
            "There is no minus in it. Without one it is no turn: (a·cos - b·sin, b·cos + a·sin).",
        ),
        "not crossed": (
            lambda x, cos, sin: turned(x, cos, sin, lambda a, b: torch.cat([-a, b], -1)),
            "Each number meets itself again. For a turn, a needs the b of its pair, and b its a.",
        ),
        "neighbours paired": (
            turned_neighbours,
            "You pair neighbours: dimensions 0 and 1, 2 and 3. That is the paper's pairing; here, as in Llama, i goes "
            "with i + d_head/2.",
        ),
        "cosine alone": (
            lambda x, cos, sin: x * cos,
            "You only multiply with the cosine. That shortens a vector, it does not turn it; the sine's part "
            "is missing.",
        ),
        "added": (
            lambda x, cos, sin: x + sin,
            "You add the position to the vector, as the sinusoidal kind does. Rotary positions turn it.",
        ),
    },
    hints=[
        "Take one pair (a, b) on paper. A turn by 90° makes (-b, a) of it. A turn by any angle is cos times "
        "the pair plus sin times that.",
        "`first, second = x.chunk(2, dim=-1)` gives all a's and all b's.",
        "The pairs after a quarter turn are `torch.cat([-second, first], dim=-1)`. Times `sin`, plus `x * cos`.",
    ],
)
