"""Exercise: the vector of each text's last token."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.classifier import last_real


def one_vector_for_each_text(trial):
    encoded, _ = trial.inputs
    wanted = (encoded.shape[0], encoded.shape[2])
    if not isinstance(trial.result, torch.Tensor) or tuple(trial.result.shape) != wanted:
        found = tuple(trial.result.shape) if isinstance(trial.result, torch.Tensor) else type(trial.result).__name__
        return f"Return one vector for each text: the shape {wanted} {trial.case}, and not {found}."
    return None


def padding_changes_nothing(trial):
    encoded, is_text = trial.inputs
    other = torch.where(is_text[..., None], encoded, encoded + 5)
    if not torch.allclose(trial.call(other, is_text), trial.result, atol=1e-5):
        return f"What stands at the padding changes your result {trial.case}. It must not be looked at."
    return None


def rows(encoded):
    return torch.arange(len(encoded))


LAST_REAL = Exercise(
    key="last_real",
    title="The last word of each text",
    task="Write `last_real(encoded, is_text)`: from `encoded`, of shape (batch, position, d_model), the vector of each "
    "row's last token that is text; `is_text`, of shape (batch, position), is False at padding.",
    difficulty=1,
    minutes=10,
    answer=last_real,
    cases={
        "for one text without padding": lambda draw: (draw(1, 3, 4), torch.ones(1, 3, dtype=torch.bool)),
        "for texts of different lengths": lambda draw: (
            draw(3, 5, 4),
            torch.arange(5) < torch.tensor([[5], [2], [1]]),
        ),
        "where padding stands in front": lambda draw: (
            draw(2, 4, 3),
            torch.tensor([[False, False, True, True], [False, True, True, True]]),
        ),
    },
    tests=[one_vector_for_each_text, padding_changes_nothing],
    known_mistakes={
        "last place": (
            lambda encoded, is_text: encoded[:, -1],
            "You take the last place of the tensor. In a short row there is padding, and its vector means nothing.",
        ),
        "one too far": (
            lambda encoded, is_text: encoded[rows(encoded), is_text.sum(1).clamp(max=is_text.shape[1] - 1)],
            "You take the place after the last word. Of n words the last one has the number n - 1.",
        ),
        "counted from the front": (
            lambda encoded, is_text: encoded[rows(encoded), is_text.sum(1) - 1],
            "Counting the words finds the last one only if no padding stands in front. Where is the last True?",
        ),
        "first word": (
            lambda encoded, is_text: encoded[rows(encoded), is_text.long().argmax(1)],
            "You take the first word. In a GPT it has seen nothing but itself.",
        ),
        "mean": (
            lambda encoded, is_text: (encoded * is_text[..., None]).sum(1) / is_text.sum(1, keepdim=True),
            "That is the mean of all words, a sensible choice too; asked for is the vector of the last one.",
        ),
        "all rows for all": (
            lambda encoded, is_text: encoded[:, (torch.arange(is_text.shape[1]) * is_text).argmax(1)],
            "You get a whole matrix for each text: `encoded[:, last]` takes every place in `last` from every row. Pair "
            "the places with their rows.",
        ),
    },
    hints=[
        "Two steps: the number of each row's last True, and then that place of that row.",
        "Places are `torch.arange(n)`. Times `is_text` they are 0 at padding; the largest is the last word.",
        "To take one place from each row, give two lists of indices: `encoded[[0, 1, 2], [4, 1, 0]]`.",
        "`last = (torch.arange(n) * is_text).argmax(dim=1)`, and then `encoded[torch.arange(len(encoded)), last]`.",
    ],
)
