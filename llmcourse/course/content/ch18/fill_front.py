"""Exercise: prompts of different lengths in one tensor."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.batched import fill_front


def returns_two(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two tensors, in this order: the ids, and True where there is text."
    return None


def filled(at="front", is_text="by length", width=max, swap=False):
    def fill(prompts, pad_id=0):
        wide = width(map(len, prompts))
        rows = [list(p)[:wide] for p in prompts]
        missing = [wide - len(row) for row in rows]
        front = [[pad_id] * n + row for n, row in zip(missing, rows, strict=True)]
        back = [row + [pad_id] * n for n, row in zip(missing, rows, strict=True)]
        ids = torch.tensor(front if at == "front" else back)
        places = torch.arange(wide)
        n = torch.tensor(missing)[:, None]
        text = places >= n if at == "front" else places < wide - n
        text = {"by length": text, "by id": ids != pad_id, "inverted": ~text, "numbers": text.long()}[is_text]
        return (text, ids) if swap else (ids, text)

    return fill


FILL_FRONT = Exercise(
    key="fill_front",
    title="Prompts of different lengths",
    task="Write `fill_front(prompts, pad_id=0)`: the prompts as rows of one tensor, the shorter ones filled up at "
    "their front with `pad_id`; and a tensor of booleans, True where there is text.",
    difficulty=1,
    minutes=10,
    answer=fill_front,
    cases={
        "for a prompt of three tokens and one of one": lambda draw: ([[1, 5, 7], [1]],),
        "for a single prompt": lambda draw: ([[1, 2]],),
        "for a short one before two long ones": lambda draw: ([[4], [1, 2, 3, 4], [9, 8, 7, 6]],),
        "for another padding": lambda draw: ([[1, 2, 3], [1, 2]], 7),
        "for a prompt that holds the padding as a word": lambda draw: ([[0, 3, 0, 4], [5, 0]],),
    },
    tests=[returns_two],
    known_mistakes={
        "at the back": (
            filled(at="back"),
            "You fill up at the back, as in training. But here the next token is written behind the last column, and "
            "between a short prompt and its continuation there would be a gap. Fill up at the front.",
        ),
        "known by the id": (
            filled(is_text="by id"),
            "Right until a prompt itself holds the id that you fill up with: then a word is hidden. What is text is "
            "known from the *lengths*.",
        ),
        "inverted": (
            filled(is_text="inverted"),
            "Your booleans are True at the filling. In this course a mask is True where attention is allowed.",
        ),
        "ones and zeros": (
            filled(is_text="numbers"),
            "The right places, but as 1 and 0: a mask is made of booleans.",
        ),
        "cut to the shortest": (
            filled(width=min),
            "You cut all prompts to the shortest. Nothing may get lost: the tensor is as wide as the *longest*.",
        ),
        "the other order": (
            filled(swap=True),
            "Both are there, in the wrong order: first the ids, then what is text.",
        ),
    },
    hints=[
        "How wide is the tensor? As wide as the longest prompt. How many places is each prompt short of that?",
        "A list of ids is filled up by `[pad_id] * missing + prompt`.",
        "A place is text when its column is at least the number of places that are missing in its row.",
        "`torch.arange(width) >= missing[:, None]`, with `missing` as a tensor of one number for each row.",
    ],
)
