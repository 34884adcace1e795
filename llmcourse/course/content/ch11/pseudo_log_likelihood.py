"""Exercise: the score that a masked model gives a whole text."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.gaps import pseudo_log_likelihood
from llmcourse.model import BERT, ModelConfig

MASK_ID = 19


def is_one_number(trial):
    if isinstance(trial.result, torch.Tensor) and trial.result.dim() > 0:
        return f"Return one number for the text; yours has the shape {tuple(trial.result.shape)}."
    if float(trial.result) > 0:
        return (
            f"You return {float(trial.result):.3g} {trial.case}: a sum of logarithms of probabilities is never above 0."
        )
    return None


def text_of(words):
    def inputs(draw):
        with torch.random.fork_rng(devices=[]):
            model = BERT(ModelConfig(vocab_size=20, d_model=16, n_layers=1, n_heads=2)).initialize(seed=words).eval()
            model.unembedding.weight.data.mul_(60)  # opinions
        ids = draw.integers(3, 19, 1, words)
        return model, torch.cat([torch.tensor([[1]]), ids, torch.tensor([[2]])], dim=1), MASK_ID

    return inputs


def log_probs_at(logits, ids, places):
    return logits.log_softmax(-1)[0, places, ids[0, places]]


@torch.no_grad()
def one_by_one(model, ids, mask_id, places, keep=False):
    """ln p of each word, hidden in turn; with `keep` the words before it stay hidden."""
    hidden, costs = ids.clone(), []
    for place in places:
        if not keep:
            hidden = ids.clone()
        hidden[0, place] = mask_id
        costs.append(log_probs_at(model(hidden), ids, [place]))
    return torch.cat(costs)


@torch.no_grad()
def nothing_hidden(model, ids, mask_id):
    return log_probs_at(model(ids), ids, list(range(1, ids.shape[1] - 1))).sum().item()


@torch.no_grad()
def all_hidden(model, ids, mask_id):
    hidden = ids.clone()
    hidden[0, 1:-1] = mask_id
    return log_probs_at(model(hidden), ids, list(range(1, ids.shape[1] - 1))).sum().item()


def words_of(ids):
    return range(1, ids.shape[1] - 1)


PSEUDO_LOG_LIKELIHOOD = Exercise(
    key="pseudo_log_likelihood",
    title="How well a text hangs together",
    task="Write `pseudo_log_likelihood(model, ids, mask_id)`: hide each word of the text by itself, and add up the "
    "ln p that `model(ids)`, which gives logits, has for the words hidden. `ids` has the shape (1, position); its "
    "first and "
    "last token, `<bos>` and `<eos>`, are not asked for.",
    difficulty=2,
    minutes=15,
    answer=pseudo_log_likelihood,
    tolerance=1e-4,
    cases={"for one word": text_of(1), "for four words": text_of(4), "for eleven words": text_of(11)},
    tests=[is_one_number],
    known_mistakes={
        "nothing hidden": (
            nothing_hidden,
            "You ask for words that the model sees. Hide the word first: put `mask_id` in its place.",
        ),
        "all hidden": (
            all_hidden,
            "You hide all words at once, so each is guessed from nothing. Hide one word by itself, and let the model "
            "see "
            "all others.",
        ),
        "kept hidden": (
            lambda model, ids, mask_id: one_by_one(model, ids, mask_id, words_of(ids), keep=True).sum().item(),
            "You leave the words hidden that you have asked for before. Begin with a fresh copy of `ids` for every "
            "word.",
        ),
        "with the ends": (
            lambda model, ids, mask_id: one_by_one(model, ids, mask_id, range(ids.shape[1])).sum().item(),
            "You ask for `<bos>` and `<eos>` too. They are no words, and stand there in every text.",
        ),
        "mean": (
            lambda model, ids, mask_id: one_by_one(model, ids, mask_id, words_of(ids)).mean().item(),
            "You take the mean. It is useful for texts of different lengths, but here the sum is wanted.",
        ),
        "bits": (
            lambda model, ids, mask_id: one_by_one(model, ids, mask_id, words_of(ids)).sum().item() / math.log(2),
            "This is the score in bits. The course counts in nats: natural logarithms.",
        ),
        "probabilities": (
            lambda model, ids, mask_id: -one_by_one(model, ids, mask_id, words_of(ids)).sum().item(),
            "a sum of logarithms of probabilities is never above 0.",
        ),
    },
    hints=[
        "For one word, at `place`: `hidden = ids.clone()`, then `hidden[0, place] = mask_id`.",
        "`model(hidden).log_softmax(-1)` has the shape (1, position, vocab). You want one number of it: at this place, "
        "for the word that stood there.",
        "That number is `log_probs[0, place, ids[0, place]]`. Which places are words? From 1 to one before the last.",
        "A loop over `range(1, ids.shape[1] - 1)`, in it the three lines of the hints before, and a sum. (All words "
        "can "
        "be rows of one batch, too.)",
    ],
)
