"""Exercise: no attention across documents."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.batches import document_mask

BOS = 1


def is_boolean(trial):
    batch, n = trial.inputs[0].shape
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != (batch, n, n):
        return "The mask has the shape (batch, position, position): for each token, where it may look."
    if trial.result.dtype != torch.bool:
        return "The mask should be boolean: True where a token may look. A comparison makes one."
    return None


def sees_itself(trial):
    if not trial.result.diagonal(dim1=1, dim2=2).all():
        return "Some token may not look at itself. Every token may: a softmax over nothing has no answer."
    return None


def numbered(ids, bos_id):
    return (ids == bos_id).cumsum(dim=1)


def same(document):
    return document[:, :, None] == document[:, None, :]


def without_bos(ids, bos_id):
    """<bos> counted to the document before it."""
    document = numbered(ids, bos_id) - (ids == bos_id).int()
    return same(document).tril()


def with_rows(*documents):
    """A case: each row from the lengths of its documents, `<bos>` included."""

    def inputs(draw):
        rows = draw.integers(3, 9, len(documents), sum(documents[0]))
        for row, lengths in zip(rows, documents, strict=True):
            start = 0
            for length in lengths:
                row[start] = BOS
                start += length
        return rows, BOS

    return inputs


DOCUMENT_MASK = Exercise(
    key="document_mask",
    title="No looking across documents",
    task="Write `document_mask(ids, bos_id)`: for packed rows of ids, True where a token may look: at itself and "
    "before, and only within its own document. Every document begins with `bos_id`.",
    difficulty=3,
    minutes=15,
    answer=document_mask,
    cases={
        "for two documents of two tokens": lambda draw: (torch.tensor([[BOS, 5, BOS, 6]]), BOS),
        "for one document": with_rows((5,)),
        "for rows packed in different ways": with_rows((4, 3, 5), (6, 6), (2, 2, 8)),
        "where the same words come twice": lambda draw: (torch.tensor([[BOS, 5, 6, BOS, 5, 6, BOS, 5, 6]]), BOS),
    },
    tests=[is_boolean, sees_itself],
    known_mistakes={
        "not causal": (
            lambda ids, bos_id: same(numbered(ids, bos_id)),
            "A token may look at what comes after it in its document, and so at the answer. Only at itself and before.",
        ),
        "only causal": (
            lambda ids, bos_id: torch.ones(*ids.shape, ids.shape[1]).bool().tril(),
            "This is the causal mask alone: the second document may look into the first.",
        ),
        "future instead of past": (
            lambda ids, bos_id: same(numbered(ids, bos_id)).triu(),
            "You allow what comes after and forbid what came before. The first axis is the token that looks, the "
            "second the one looked at.",
        ),
        "beginning counted to the one before": (
            without_bos,
            "You count each `<bos>` to the document before it, so a document cannot look at its own beginning. "
            "`<bos>` is its first token.",
        ),
        "reversed": (
            lambda ids, bos_id: ~same(numbered(ids, bos_id)).tril(),
            "True and False are exchanged. In this course True means that a token *may* look.",
        ),
        "one row for all": (
            lambda ids, bos_id: same(numbered(ids[:1], bos_id)).tril().expand(len(ids), -1, -1),
            "You use the first row's documents for the whole batch. Each row is packed in its own way.",
        ),
    },
    hints=[
        "Give every token the number of its document: 1 for the first, 2 for the second. Where does the number go up?",
        "`(ids == bos_id).cumsum(dim=1)` counts the beginnings up to and with each token.",
        "Compare all pairs at once: `document[:, :, None] == document[:, None, :]` has the shape (batch, position, "
        "position).",
        "`.tril()` keeps the lower triangle, with the diagonal: the past and the token itself.",
    ],
)
