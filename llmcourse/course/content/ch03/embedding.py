"""Exercise: an embedding as a matrix product."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
import torch.nn.functional as F

from llmcourse.course.exercise import Exercise
from llmcourse.model.embeddings import embed_by_product


def one_hots(ids, table):
    return F.one_hot(ids, len(table)).float()


def a_row_for_each_id(trial):
    ids, table = trial.inputs
    right = (*ids.shape, table.shape[1])
    if tuple(trial.result.shape) != right:
        found = f"The shape is {tuple(trial.result.shape)} {trial.case}; it should be {right}"
        return f"{found}: for each id a row of the table, {table.shape[1]} numbers."
    return None


EMBEDDING = Exercise(
    key="embedding",
    title="An embedding as a matrix product",
    task="Write `embed_by_product(ids, table)`: the table's row for each id, as one-hot vectors times the table.",
    difficulty=1,
    minutes=10,
    answer=embed_by_product,
    cases={
        "for one id": lambda draw: (torch.tensor([1]), torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
        "for a text of four ids": lambda draw: (torch.tensor([2, 0, 2, 1]), draw(3, 2)),
        "for a batch of texts": lambda draw: (draw.integers(0, 10, 2, 5), draw(10, 4)),
    },
    tests=[a_row_for_each_id],
    known_mistakes={
        "the one-hot vectors": (
            one_hots,
            "These are the one-hot vectors themselves. They still have to be multiplied with the table.",
        ),
        "counted from 1": (
            lambda ids, table: one_hots((ids - 1) % len(table), table) @ table,
            "Each id gets the row above its own. Ids count from 0: the row of id 0 is the first.",
        ),
        "all tokens in one vector": (
            lambda ids, table: (one_hots(ids, table).sum(-2, keepdim=True) @ table).expand(*ids.shape, -1),
            "Every token gets the sum of the whole text. Each id needs a one-hot row of its own.",
        ),
        "not quite one-hot": (
            lambda ids, table: one_hots(ids, table).softmax(-1) @ table,
            "Your rows mix in a little of every other row. A one-hot vector is exactly 0 everywhere but at its id; "
            "no softmax is needed.",
        ),
        "whole numbers": (
            lambda ids, table: (one_hots(ids, table) @ table).long(),
            "The right rows, cut down to whole numbers. The one-hot vectors have to become floats, not the table "
            "integers.",
        ),
        "first row for all": (
            lambda ids, table: table[0].expand(*ids.shape, -1),
            "Every id gets the first row of the table. At which place does its one-hot vector hold the 1?",
        ),
    },
    hints=[
        "Which row vector, multiplied with a matrix from the left, picks out the second of its rows?",
        "`F.one_hot(ids, num_classes=len(table))` makes a one-hot vector of each id, in a new last dimension.",
        "They come as integers, and a product wants two matrices of one type: `.to(table.dtype)`, and then `@ table`.",
    ],
)
