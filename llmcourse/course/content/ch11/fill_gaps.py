"""Exercise: several gaps, one after another."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.gaps import fill_at_once, fill_gaps
from llmcourse.model import BERT, ModelConfig

MASK_ID = 19


def nothing_else_changes(trial):
    _, ids, mask_id = trial.inputs
    result = trial.result
    if not isinstance(result, torch.Tensor) or result.shape != ids.shape:
        return f"Return ids of the shape {tuple(ids.shape)}, the gaps filled."
    if (result == mask_id).any():
        return f"There is a gap left {trial.case}."
    if not torch.equal(result[ids != mask_id], ids[ids != mask_id]):
        return f"A word that was no gap has changed {trial.case}."
    return None


def with_gaps(words, gaps, seed):
    def inputs(draw):
        with torch.random.fork_rng(devices=[]):
            model = BERT(ModelConfig(vocab_size=20, d_model=16, n_layers=2, n_heads=2)).initialize(seed=seed).eval()
            model.unembedding.weight.data.copy_(40 * torch.randn(20, 16, generator=draw.generator))
            model.unembedding.weight.data[MASK_ID] = 0  # a mask is never a likely word
        ids = draw.integers(3, 19, 1, words)
        ids[0, torch.tensor(gaps)] = MASK_ID
        return model, torch.cat([torch.tensor([[1]]), ids, torch.tensor([[2]])], dim=1), MASK_ID

    return inputs


def in_order(choose):
    """Fill one gap after another; `choose(sureness, gaps)` says which one is next: to write a mistake in a line."""

    @torch.no_grad()
    def fill(model, ids, mask_id):
        ids = ids.clone()
        while (ids == mask_id).any():
            sureness, words = model(ids).softmax(-1).max(-1)
            place = choose(sureness[0], (ids[0] == mask_id).nonzero()[:, 0])
            ids[0, place] = words[0, place]
        return ids

    return fill


@torch.no_grad()
def by_logit(model, ids, mask_id):
    ids = ids.clone()
    while (ids == mask_id).any():
        best, words = model(ids).max(-1)
        place = best.masked_fill(ids != mask_id, -1e9).argmax()
        ids[0, place] = words[0, place]
    return ids


@torch.no_grad()
def sure_at_first(model, ids, mask_id):
    """The order of the first look, with the words of later ones."""
    sureness = model(ids).softmax(-1).max(-1).values[0]
    gaps = (ids[0] == mask_id).nonzero()[:, 0]
    filled = ids.clone()
    for place in gaps[sureness[gaps].argsort(descending=True)]:
        filled[0, place] = model(filled).argmax(-1)[0, place]
    return filled


FILL_GAPS = Exercise(
    key="fill_gaps",
    title="One gap after another",
    task="Write `fill_gaps(model, ids, mask_id)`: of all gaps (`ids == mask_id`) fill the one whose likeliest word has "
    "the highest probability, with that word; then ask the model again, until no gap is left. `ids` has the shape "
    "(1, position), and `model(ids)` gives logits. Return the filled ids.",
    difficulty=3,
    minutes=20,
    answer=fill_gaps,
    cases={
        "with one gap": with_gaps(5, [2], 0),
        "with five gaps": with_gaps(12, [1, 2, 5, 6, 9], 1),
        "with nine gaps": with_gaps(16, [0, 1, 2, 5, 6, 9, 10, 11, 15], 2),
        "with nine other gaps": with_gaps(18, [0, 3, 4, 5, 8, 9, 12, 13, 17], 3),
        "with nothing but gaps": with_gaps(8, list(range(8)), 4),
    },
    tests=[nothing_else_changes],
    known_mistakes={
        "at once": (
            fill_at_once,
            "You fill all gaps from one look. No gap knows then what you have written into the others.",
        ),
        "from the left": (
            in_order(lambda sureness, gaps: gaps[0]),
            "You go from left to right. Begin with the gap that the model is surest of, wherever it is.",
        ),
        "least sure first": (
            in_order(lambda sureness, gaps: gaps[sureness[gaps].argmin()]),
            "You begin with the gap that the model is *least* sure of, and build all the rest on that guess.",
        ),
        "by logit": (
            by_logit,
            "You compare logits between places. Only after the softmax are they on one scale: compare probabilities.",
        ),
        "order of the first look": (
            sure_at_first,
            "You decide on the order once, before the first word is written. Every word changes how sure the model "
            "is of "
            "the other gaps: look again.",
        ),
        "everywhere": (
            lambda model, ids, mask_id: model(ids).argmax(-1),
            "A word that was no gap has changed",
        ),
    },
    hints=[
        "`model(ids).softmax(-1).max(-1)` gives two tensors of (1, position): how sure the model is at every place, "
        "and "
        "of which word.",
        "Only gaps are candidates: make the sureness -1 where `ids != mask_id`, then take `argmax()`.",
        "`while (ids == mask_id).any():` goes on until nothing is left. Work on `ids.clone()`.",
        "In the loop: `best, words = model(ids).softmax(-1).max(-1)`, "
        "`place = best.masked_fill(ids != mask_id, -1).argmax()`, `ids[0, place] = words[0, place]`.",
    ],
)
