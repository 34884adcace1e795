"""Exercise: only the reply is scored."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.chat import reply_targets
from llmcourse.training.loss import IGNORE

BOS, EOS, USER, REPLY = 1, 2, 8, 9


def has_the_right_shape(trial):
    targets = trial.inputs[1]
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != targets.shape:
        return f"Return a tensor of the shape of the targets, {tuple(targets.shape)}: some of them become -100."
    return None


def asks_nothing_else(trial):
    kept = trial.result != IGNORE
    if not torch.equal(trial.result[kept], trial.inputs[1][kept]):
        return "Where you do score a position, its target has changed. Keep the targets, and only put -100 into some."
    return None


def where(rule):
    """The targets kept where rule(ids, targets, reply_id) is True: to write a mistake in a line."""
    return lambda ids, targets, reply_id: torch.where(rule(ids, targets, reply_id), targets, IGNORE)


def begun(ids, reply_id):
    return (ids == reply_id).cumsum(1) > 0


def same_column(ids, targets, reply_id):
    first = int((ids[0] == reply_id).int().argmax())
    return torch.where(torch.arange(ids.shape[1]) >= first, targets, IGNORE).expand(ids.shape)


def conversations(draw, lengths, width):
    """Rows of ids and next-token targets: a prompt of so many words, `<reply>`, so many words, `<eos>`, padding."""
    ids, targets = [], []
    for prompt, reply in lengths:
        row = [BOS, USER, *draw.integers(3, 8, prompt).tolist(), REPLY, *draw.integers(3, 8, reply).tolist(), EOS]
        filling = width + 1 - len(row)
        ids.append((row + [0] * filling)[:width])
        targets.append(row[1:] + [IGNORE] * filling)
    return torch.tensor(ids), torch.tensor(targets), REPLY


REPLY_TARGETS = Exercise(
    key="reply_targets",
    title="Only the reply is scored",
    task="Write `reply_targets(ids, targets, reply_id)`: the targets of the reply, from its first word to its `<eos>`, "
    "and -100 everywhere before.",
    difficulty=1,
    minutes=10,
    answer=reply_targets,
    cases={
        "for one short conversation": lambda draw: conversations(draw, [(2, 2)], 7),
        "for prompts of different lengths": lambda draw: conversations(draw, [(2, 3), (5, 1), (3, 4)], 12),
        "for a longer batch": lambda draw: conversations(draw, [(n, 9 - n) for n in range(1, 8)], 14),
    },
    tests=[has_the_right_shape, asks_nothing_else],
    known_mistakes={
        "one late": (
            where(lambda ids, targets, reply_id: begun(ids, reply_id) & (ids != reply_id)),
            "You leave out the position of `<reply>` itself. What comes next there is the first word of the reply, and "
            "for an answer such as *Mia* that is all there is to learn.",
        ),
        "one early": (
            where(lambda ids, targets, reply_id: (targets == reply_id).cumsum(1) > 0),
            "You also score the position before `<reply>`, whose next token is the mark itself. The program writes "
            "that one, never the model.",
        ),
        "the prompt": (
            where(lambda ids, targets, reply_id: ~begun(ids, reply_id)),
            "You score the prompt and leave out the reply: it is the other way round.",
        ),
        "everything": (
            where(lambda ids, targets, reply_id: torch.ones_like(begun(ids, reply_id))),
            "Everything is still scored. That is the loss of chapter 10, and the model would learn to write prompts.",
        ),
        "no end": (
            where(lambda ids, targets, reply_id: begun(ids, reply_id) & (targets != EOS)),
            "You leave out `<eos>`. A model that never learns where a reply ends goes on talking.",
        ),
        "one column for all": (
            same_column,
            "You take the place of `<reply>` from the first row for all of them. Prompts differ in length: look in "
            "each row.",
        ),
        "only the mark": (
            where(lambda ids, targets, reply_id: ids == reply_id),
            "You score only the first word of each reply. The rest and its `<eos>` have to be learned as well.",
        ),
    },
    hints=[
        "`ids == reply_id` is True at one place of each row. You need True there and at all places after it.",
        "A running sum along the row stays above 0 once it has met a True: `cumsum(dim=1)`.",
        "At the position of `<reply>` the target is the first word of the reply: that position counts.",
        "`targets.masked_fill((ids == reply_id).cumsum(1) == 0, -100)`.",
    ],
)
