"""Exercise: the questions of a causal language model."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.batches import next_token_targets
from llmcourse.training.loss import IGNORE

PAD, BOS, EOS = 0, 1, 2


def is_a_pair(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two tensors: what the model reads, and what it should say."
    return None


def one_shorter(trial):
    rows = trial.inputs[0]
    for name, tensor in zip(("first", "second"), trial.result, strict=True):
        if tuple(tensor.shape) != (rows.shape[0], rows.shape[1] - 1):
            return (
                f"The {name} tensor has the shape {tuple(tensor.shape)} for rows of {rows.shape[1]}; both should be "
                "one shorter than the rows: after the last token no question is left."
            )
    return None


def reads_what_stands_there(trial):
    if not torch.equal(trial.result[0], trial.inputs[0][:, :-1]):
        return "What the model reads should be the rows without their last token, and nothing in it changed."
    return None


def with_targets(change):
    """The pair with other targets: to write a mistake in a line."""

    def answer(rows, pad_id, bos_id):
        ids, targets = next_token_targets(rows, pad_id, bos_id)
        return ids, change(rows, ids, targets, pad_id, bos_id)

    return answer


def ignoring(targets, *unasked):
    targets = targets.clone()
    for id in unasked:
        targets[targets == id] = IGNORE
    return targets


def backwards(rows, pad_id, bos_id):
    return rows[:, 1:], ignoring(rows[:, :-1], pad_id, bos_id)


def spoiled(rows, pad_id, bos_id):
    """Sets -100 in a view of the rows, so that they stand in what the model reads as well."""
    targets = rows[:, 1:]
    targets[(targets == pad_id) | (targets == bos_id)] = IGNORE
    return rows[:, :-1], targets


def packed(draw):
    rows = draw.integers(3, 9, 2, 9)
    rows[:, 0], rows[:, 4], rows[:, 5] = BOS, EOS, BOS
    rows[0, 8], rows[1, 7], rows[1, 8] = EOS, EOS, PAD
    return rows, PAD, BOS


def padded(draw):
    rows = draw.integers(3, 9, 3, 6)
    rows[:, 0], rows[:, 5] = BOS, EOS
    rows[1, 3:] = torch.tensor([EOS, PAD, PAD])
    return rows, PAD, BOS


NEXT_TOKEN_TARGETS = Exercise(
    key="next_token_targets",
    title="Questions for a causal model",
    task="Write `next_token_targets(rows, pad_id, bos_id)`: from padded rows of ids, what the model reads and what it "
    "should say at each place, with -100 where the answer would be padding or the beginning of another document.",
    difficulty=1,
    minutes=10,
    answer=next_token_targets,
    cases={
        "for one short text": lambda draw: (torch.tensor([[BOS, 5, 6, EOS]]), PAD, BOS),
        "for texts of different lengths": padded,
        "for two documents in each row": packed,
        "with other ids for <pad> and <bos>": lambda draw: (torch.tensor([[7, 0, 1, 2, 9], [7, 2, 1, 9, 9]]), 9, 7),
    },
    tests=[is_a_pair, one_shorter, reads_what_stands_there],
    known_mistakes={
        "not shifted": (
            with_targets(lambda rows, ids, targets, pad_id, bos_id: ignoring(ids, pad_id, bos_id)),
            "Your targets are the very tokens that the model reads there. Copying would be a perfect answer: the "
            "target is the token one place further on.",
        ),
        "backwards": (
            backwards,
            "You ask for the token *before* each one that is read. The model has read that already, or could never "
            "use it: the target is the token that follows.",
        ),
        "padding asked": (
            with_targets(lambda rows, ids, targets, pad_id, bos_id: ignoring(rows[:, 1:], bos_id)),
            "You ask the model to predict padding. It is no text: set these targets to -100.",
        ),
        "beginning asked": (
            with_targets(lambda rows, ids, targets, pad_id, bos_id: ignoring(rows[:, 1:], pad_id)),
            "Where two documents share a row, you ask at the end of the first for the `<bos>` of the next. That "
            "another document follows is an accident of packing: set it to -100.",
        ),
        "end not asked": (
            with_targets(lambda rows, ids, targets, pad_id, bos_id: ignoring(targets, EOS)),
            "You leave out `<eos>` as well. It is a question worth asking: a model that never learns where a story "
            "ends cannot stop.",
        ),
        "rows changed": (
            spoiled,
            "You write -100 into the rows themselves: a slice of a tensor shares its memory, so the model would read "
            "-100 too. `clone()` the targets first.",
        ),
    },
    hints=[
        "A text of n tokens holds n - 1 questions. What is read at the first, and what is the answer?",
        "Two slices of the same rows: one without the last column, one without the first.",
        "`clone()` the second slice before you change it: a slice shares the memory of its tensor.",
        "`targets[(targets == pad_id) | (targets == bos_id)] = -100`.",
    ],
)
