"""Exercise: the MinHash signature."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.corpus.cleaning.minhash import PRIME, minhash
from llmcourse.course.exercise import Exercise


def one_number_for_each_order(trial):
    _, a, _ = trial.inputs
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != a.shape:
        return f"A signature has one number for each random order: here a tensor of {len(a)} ({trial.case})."
    return None


def adding_members_never_raises_it(trial):
    hashes, a, b = trial.inputs
    more = trial.call(torch.cat([hashes, (hashes * 7 + 3) % PRIME]), a, b)
    if (more > trial.result).any():
        return "With more members in the set, some of your numbers grow. The smallest of more numbers cannot be larger."
    return None


def orders(draw, count):
    return draw.integers(1, PRIME, count), draw.integers(0, PRIME, count)


def table(hashes, a, b, prime=PRIME):
    return (a[:, None] * hashes + b[:, None]) % prime  # order member


def product_overflows(hashes, a, b):
    return ((a.int()[:, None] * hashes.int() + b.int()[:, None]) % PRIME).amin(1).long()


MINHASH = Exercise(
    key="minhash",
    title="The MinHash signature",
    task="Write `minhash(hashes, a, b)`: for each order, the smallest of the numbers (a · x + b) mod PRIME over all "
    "members x of `hashes`.",
    difficulty=2,
    minutes=15,
    answer=minhash,
    cases={
        "for two members and three orders": lambda draw: (
            torch.tensor([2, 5]),
            torch.tensor([1, 3, PRIME - 1]),
            torch.tensor([0, 4, 1]),
        ),
        "for one member": lambda draw: (draw.integers(0, PRIME, 1), *orders(draw, 4)),
        "for as many members as orders": lambda draw: (draw.integers(0, PRIME, 8), *orders(draw, 8)),
        "for sixty members": lambda draw: (draw.integers(0, PRIME, 60), *orders(draw, 128)),
    },
    tests=[one_number_for_each_order, adding_members_never_raises_it],
    known_mistakes={
        "the largest": (
            lambda hashes, a, b: table(hashes, a, b).amax(1),
            "You take the largest number of each order. It would work as well, but the smallest is asked for.",
        ),
        "over the orders": (
            lambda hashes, a, b: table(hashes, a, b).amin(0),
            "You take the smallest over the orders, and get a number for each member. It is the smallest over the "
            "members that is wanted, one for each order.",
        ),
        "the first member of each": (
            lambda hashes, a, b: table(hashes, a, b).argmin(1),
            "You say *which* member is first in each order, counted within this set. In another set the same member "
            "has another place: return its number.",
        ),
        "no modulo": (
            lambda hashes, a, b: (a[:, None] * hashes + b[:, None]).amin(1),
            "Without the remainder mod PRIME, every order is the same: the smallest x always comes first.",
        ),
        "minimum first": (
            lambda hashes, a, b: (a * hashes.min() + b) % PRIME,
            "You look for the smallest x first and hash only that one, so every order has the same member in front. "
            "Hash all members, then look.",
        ),
        "same order": (
            lambda hashes, a, b: table(hashes, a[:1].expand_as(a), b).amin(1),
            "You use one `a` for all orders. Each order has its own a and its own b.",
        ),
        "32 bits": (
            product_overflows,
            "Your products do not fit into 32 bits and run over. Stay with 64-bit whole numbers, as they came.",
        ),
    },
    hints=[
        "Think of a table: a row for each order, a column for each member of the set. What stands in a cell, and what "
        "do you want of each row?",
        "`a[:, None]` stands upright, `hashes` lies flat; their product is the whole table of a · x.",
        "`(a[:, None] * hashes + b[:, None]) % PRIME` is the table. The smallest of each row is `.amin(dim=1)`.",
    ],
)
