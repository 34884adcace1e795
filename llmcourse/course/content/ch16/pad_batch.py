"""Exercise: texts of different lengths as one batch."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.inputs import pad_batch


def two_tensors_of_one_shape(trial):
    rows, _ = trial.inputs
    wanted = (len(rows), max(map(len, rows)))
    pair = trial.result
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(isinstance(t, torch.Tensor) for t in pair):
        return "Return two tensors: the ids, and where there is text."
    if any(tuple(tensor.shape) != wanted for tensor in pair):
        shapes = " and ".join(str(tuple(tensor.shape)) for tensor in pair)
        return f"Both tensors have a row for each text, as wide as the longest: {wanted} {trial.case}, not {shapes}."
    if pair[1].dtype != torch.bool:
        return "The second tensor is a mask: True at text, False at padding. Give it the type `torch.bool`."
    return None


def made(rows, pad_id, mask=None, left=False, width=None):
    """A batch made in a wrong way: to write a mistake in a line."""
    ids, is_text = pad_batch(rows, pad_id, "left" if left else "right")
    if width:
        ids, is_text = ids[:, :width], is_text[:, :width]
    return ids, is_text if mask is None else mask(ids, is_text)


PAD_BATCH = Exercise(
    key="pad_batch",
    title="Texts of different lengths as one batch",
    task="Write `pad_batch(rows, pad_id)`: from lists of ids, `ids` of shape (batch, position), filled up with "
    "`pad_id` "
    "on the right to the length of the longest row, and `is_text` of the same shape, True where there is text. Return "
    "`(ids, is_text)`.",
    difficulty=1,
    minutes=10,
    answer=pad_batch,
    cases={
        "for one text": lambda draw: ([[1, 5, 6]], 0),
        "for three lengths": lambda draw: ([[1, 5], [1, 7, 8, 9], [1]], 0),
        "where padding is not 0": lambda draw: ([[1, 5, 6], [1]], 4),
        "where a text holds the padding's id": lambda draw: ([[1, 2, 5, 2], [1, 6, 2]], 2),
        "for equal lengths": lambda draw: ([[3, 4], [5, 6]], 0),
    },
    tests=[two_tensors_of_one_shape],
    known_mistakes={
        "mask by id": (
            lambda rows, pad_id: made(rows, pad_id, mask=lambda ids, is_text: ids != pad_id),
            "Your mask asks which ids are `pad_id`. A text may hold that id itself (GPT-2 fills up with its end "
            "token): "
            "the lengths say what is text, the ids do not.",
        ),
        "the wrong way round": (
            lambda rows, pad_id: made(rows, pad_id, mask=lambda ids, is_text: ~is_text),
            "Your mask is True at the padding. In this course True means: may be looked at.",
        ),
        "all is text": (
            lambda rows, pad_id: made(rows, pad_id, mask=lambda ids, is_text: torch.ones_like(is_text)),
            "Your mask is True everywhere: a model would read the padding as words.",
        ),
        "padding in front": (
            lambda rows, pad_id: made(rows, pad_id, left=True),
            "Your padding stands in front. Here the texts begin on the left, and padding goes to the right.",
        ),
        "cut to the shortest": (
            lambda rows, pad_id: made(rows, pad_id, width=min(map(len, rows))),
            "Both tensors have a row for each text, as wide as the longest",
        ),
        "padding is always 0": (
            lambda rows, pad_id: made(rows, 0),
            "You fill up with 0. The id of the padding is `pad_id`; another tokenizer may have a word at 0.",
        ),
    },
    hints=[
        "First the width: the length of the longest row.",
        "`torch.full((len(rows), width), pad_id)` is a batch of nothing but padding. Then write each row into it.",
        "The mask begins as `torch.zeros(len(rows), width, dtype=torch.bool)`.",
        "For each `number, row`: `ids[number, :len(row)] = torch.tensor(row)` and `is_text[number, :len(row)] = True`.",
    ],
)
