"""Exercise: rows for another pairing of dimensions."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.hub.rotary_layout import halves_from_neighbours, neighbours_from_halves


def numbered(*shape):
    return torch.arange(shape[0]).float().view(-1, *[1] * (len(shape) - 1)).expand(*shape).contiguous()


def same_rows(trial):
    weight = trial.inputs[0]
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != weight.shape:
        return f"Return a tensor of the same shape, {tuple(weight.shape)}: its rows change their places, no more."
    flat, mine = (x.reshape(len(weight), -1) for x in (weight, trial.result))
    if not torch.equal(mine.sort(dim=0).values, flat.sort(dim=0).values):
        return f"Some rows got lost or doubled {trial.case}: each has to be there once, as it was."
    return None


def heads_stay(trial):
    weight, n_heads = trial.inputs
    mine, flat = (x.reshape(n_heads, -1) for x in (trial.result, weight))
    if not torch.equal(mine.sort(dim=1).values, flat.sort(dim=1).values):
        return f"A row has left its head {trial.case}. Put the rows in order in each head on its own."
    return None


ROWS = Exercise(
    key="rows",
    title="From neighbours to halves",
    task="Write `halves_from_neighbours(weight, n_heads)`: in each head, first the even rows, then the odd ones.",
    difficulty=2,
    minutes=15,
    answer=halves_from_neighbours,
    cases={
        "for one head of four rows": lambda draw: (numbered(4, 2), 1),
        "for two heads of six rows": lambda draw: (numbered(12, 3), 2),
        "for a bias": lambda draw: (numbered(16), 2),
        "for random numbers": lambda draw: (draw(24, 5), 3),
    },
    tests=[same_rows, heads_stay],
    known_mistakes={
        "the other direction": (
            neighbours_from_halves,
            "That is the way back: from halves to neighbours. Rows 0, 1, 2, 3 should become 0, 2, 1, 3, and of six "
            "rows 0, 2, 4, 1, 3, 5.",
        ),
        "all heads at once": (
            lambda weight, n_heads: torch.cat([weight[::2], weight[1::2]]),
            "You order the rows of the whole matrix. So the even rows of all heads end up in the first heads; each "
            "head has to keep its own.",
        ),
        "odd rows first": (
            lambda weight, n_heads: halves_from_neighbours(weight.unflatten(0, (-1, 2)).flip(1).flatten(0, 1), n_heads),
            "The odd rows come first. That turns every pair the wrong way: first the even ones.",
        ),
        "nothing moved": (
            lambda weight, n_heads: weight.clone(),
            "The rows are as they were. What of row 1: with which row is it a pair before, and with which afterwards?",
        ),
        "columns": (
            lambda weight, n_heads: (
                torch.cat([weight[..., ::2], weight[..., 1::2]], dim=-1) if weight.ndim > 1 else weight
            ),
            "You order the columns. Those are what a projection reads; the numbers that get turned are what it "
            "writes, its rows.",
        ),
    },
    hints=[
        "On paper, one head of four rows: the pairs are (0, 1) and (2, 3). They should become (0, 2) and (1, 3) by "
        "place: the order is 0, 2, 1, 3.",
        "`weight.unflatten(0, (n_heads, -1))` makes heads of the rows. Then `[:, ::2]` are the even rows of each.",
        "`torch.cat([heads[:, ::2], heads[:, 1::2]], dim=1).flatten(0, 1)`. It works for a bias, too.",
    ],
)
