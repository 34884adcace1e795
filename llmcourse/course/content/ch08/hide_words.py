"""Exercise: the questions of a masked language model."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import hide_words

MASK_ID = 99


def is_a_pair(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two tensors of the same shape as `ids`: what the model sees, and what it is asked."
    for tensor in trial.result:
        if tuple(tensor.shape) != tuple(trial.inputs[0].shape):
            return f"A tensor has the shape {tuple(tensor.shape)}; both should have that of `ids`."
    return None


def rest_is_left_alone(trial):
    ids, asked = trial.inputs[:2]
    if not torch.equal(trial.result[0][~asked], ids[~asked]):
        return "A word that is not asked for has changed too. Only asked words may be replaced."
    return None


def parted(ids, asked, lots):
    """Where a mask, where a stranger and where the word itself is seen."""
    return asked & (lots < 0.8), asked & (lots >= 0.8) & (lots < 0.9), asked & (lots >= 0.9)


def with_parts(seen, targets=lambda ids, asked, shown: torch.where(asked, ids, IGNORE)):
    """An answer from how it makes what is seen, and its targets: to write a mistake in a line."""

    def answer(ids, asked, lots, strangers, mask_id):
        shown = seen(ids, asked, lots, strangers, mask_id)
        return shown, targets(ids, asked, shown)

    return answer


def right(ids, asked, lots, strangers, mask_id):
    return hide_words(ids, asked, lots, strangers, mask_id)[0]


def only_masks(ids, asked, lots, strangers, mask_id):
    return torch.where(asked, mask_id, ids)


def exchanged(ids, asked, lots, strangers, mask_id):
    mask, stranger, _ = parted(ids, asked, lots)
    return torch.where(mask, strangers, torch.where(stranger, mask_id, ids))


def no_word_kept(ids, asked, lots, strangers, mask_id):
    mask, stranger, same = parted(ids, asked, lots)
    return torch.where(mask, mask_id, torch.where(stranger | same, strangers, ids))


def everywhere(ids, asked, lots, strangers, mask_id):
    return torch.where(lots < 0.8, mask_id, torch.where(lots < 0.9, strangers, ids))


def drawn(*shape):
    def inputs(draw):
        lots = draw.integers(0, 1000, *shape) / 1000
        return (
            draw.integers(3, 50, *shape), draw.integers(0, 2, *shape).bool(), lots, draw.integers(50, 90, *shape),
            MASK_ID,
        )  # fmt: skip

    return inputs


def four_words(draw):
    asked, lots = torch.tensor([False, True, True, True]), torch.tensor([0.1, 0.5, 0.85, 0.95])
    return torch.tensor([11, 12, 13, 14]), asked, lots, torch.tensor([21, 22, 23, 24]), MASK_ID


HIDE_WORDS = Exercise(
    key="hide_words",
    title="Questions for a masked model",
    task="Write `hide_words(ids, asked, lots, strangers, mask_id)`: what the model sees, and what it is asked. Where "
    "`asked` is true, a lot below 0.8 shows `mask_id`, one from 0.8 to below 0.9 the stranger, and above the word "
    "itself; the target is the true word there and -100 everywhere else.",
    difficulty=2,
    minutes=15,
    answer=hide_words,
    cases={
        "for four words": four_words,
        "for a row of forty": drawn(40),
        "for a batch": drawn(6, 50),
        "where nothing is asked": lambda draw: (
            draw.integers(3, 9, 5),
            torch.zeros(5).bool(),
            torch.zeros(5),
            draw.integers(3, 9, 5),
            MASK_ID,
        ),
    },
    tests=[is_a_pair, rest_is_left_alone],
    known_mistakes={
        "only masks": (
            with_parts(only_masks),
            "You show a mask for every asked word. One in ten should be a stranger and one in ten the word itself, "
            "as the lot decides.",
        ),
        "everything is a question": (
            with_parts(right, lambda ids, asked, shown: ids.clone()),
            "Your targets are all the words, those in plain sight as well. The model would learn to copy: -100 where "
            "nothing is asked.",
        ),
        "only masks are questions": (
            with_parts(right, lambda ids, asked, shown: torch.where(shown == MASK_ID, ids, IGNORE)),
            "You ask only where a mask is seen. Asked words that show a stranger or themselves are questions too: "
            "without them the model need not understand any word that it sees.",
        ),
        "asks for what is seen": (
            with_parts(right, lambda ids, asked, shown: torch.where(asked, shown, IGNORE)),
            "Your targets hold what is *seen*: the mask and the strangers. The question is which word was there "
            "before. (Whoever overwrites `ids` first has lost the answers.)",
        ),
        "mask and stranger exchanged": (
            with_parts(exchanged),
            "Eight in ten of your asked words become strangers and one in ten a mask. It is the other way round.",
        ),
        "no word kept": (
            with_parts(no_word_kept),
            "From 0.9 on the word itself should stay in sight. You show a stranger there too.",
        ),
        "everywhere": (
            with_parts(everywhere),
            "The lots decide at every word, asked or not, and most of the story is gone. Only where `asked` is true.",
        ),
    },
    hints=[
        "Three kinds of places are replaced or kept, and each is a mask of true and false: `asked & (lots < 0.8)` is "
        "the first.",
        "`torch.where(condition, this, otherwise)` makes a new tensor, and leaves `ids` as it was.",
        "Nest two of them: the mask where its condition holds, otherwise the stranger where *its* condition holds, "
        "otherwise `ids`.",
        "The targets are one more: `torch.where(asked, ids, -100)`.",
    ],
)
