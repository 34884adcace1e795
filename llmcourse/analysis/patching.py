"""Activation patching: put a value from one run into another, and see what of the answer comes with it.

Two texts, a clean one and a corrupt one that differs in one thing and in its answer. The model reads the corrupt one,
and at one place it is given what it would have computed there on the clean one. If the clean answer comes back, what
tells the two apart passes through this place.

Vig et al. (2020), Investigating Gender Bias in Language Models Using Causal Mediation Analysis; Meng et al. (2022),
Locating and Editing Factual Associations in GPT; Heimersheim and Nanda (2024), How to Use and Interpret Activation
Patching, on what it does and does not show.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from llmcourse.analysis.ablation import Head, by_layer
from llmcourse.analysis.minimal_pairs import Pairs, mean_difference
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record
from llmcourse.model.recording import Edit, Trace


def recovered_share(patched: float, clean: float, corrupt: float) -> float:
    """How much of the way from the corrupt value to the clean one a patch brings back: 0 nothing, 1 all of it.

    Below 0 it makes matters worse, above 1 it overshoots. Raises CourseError when the two values are the same: then
    there is nothing to bring back.
    """
    if clean == corrupt:
        raise CourseError(f"clean and corrupt are both {clean:g}: there is nothing to recover; choose another pair")
    return (patched - corrupt) / (clean - corrupt)


def put_in(source: Tensor, at: Int[Tensor, " pair"] | None = None, heads: Sequence[int] | None = None) -> Edit:
    """An edit for `record` that puts a recorded value in the place of what the model computes.

    `source`: the value of the other run, with the shape of the edited one: batch position width, or batch head
        position d_head.
    `at`: in each row the position to patch; without it, all. `heads`: which heads; without it, all.
    """

    def edit(value: Tensor) -> Tensor:
        if value.shape != source.shape:
            raise CourseError(f"cannot put {tuple(source.shape)} in the place of {tuple(value.shape)}")
        new = value.clone()
        if value.ndim == 3 and heads is not None:
            raise CourseError("a value of shape batch position width has no heads to choose from")
        # batch position head d_head: views, so that what is written into by_row is written into new
        by_row, from_row = (x.transpose(1, 2) if x.ndim == 4 else x for x in (new, source))
        rows = torch.arange(len(new))
        places = (rows[:, None], torch.arange(new.shape[-2])[None]) if at is None else (rows, at)
        if heads is None:
            by_row[places] = from_row[places]
        else:
            for head in heads:
                by_row[(*places, head)] = from_row[(*places, head)]
        return new

    return edit


@torch.no_grad()
def run(model: GPT, ids: Int[Tensor, "pair position"], *patterns: str) -> Trace:
    """What the model computes when it reads these texts: everything, or what the patterns name."""
    with evaluating(model), record(model, *patterns) as trace:
        model(ids)
    return trace


class Patcher:
    """Patches clean values into the corrupt run of a batch of pairs and says what share of the difference comes back.

    patcher = Patcher(model, pairs)
    patcher({"blocks.1.attention.z": put_in(patcher.clean["blocks.1.attention.z"], pairs.last, [2])})    # 0.98
    """

    def __init__(self, model: GPT, pairs: Pairs):
        self.model, self.pairs = model, pairs
        self.clean, self.corrupt = run(model, pairs.clean), run(model, pairs.corrupt)
        self.clean_difference = mean_difference(model, pairs.clean, pairs)
        self.corrupt_difference = mean_difference(model, pairs.corrupt, pairs)

    def __call__(self, edits: Mapping[str, Edit]) -> float:
        with record(self.model, edit=edits):
            patched = mean_difference(self.model, self.pairs.corrupt, self.pairs)
        return recovered_share(patched, self.clean_difference, self.corrupt_difference)

    def value(self, name: str, place: str | None = None, heads: Sequence[int] | None = None) -> float:
        """The share that comes back with one named value, at one of the pairs' places or at all positions."""
        at = None if place is None else self.pairs.places[place]
        return self({name: put_in(self.clean[name], at, heads)})

    def heads(self, heads: Iterable[Head], place: str | None = None) -> float:
        """The share that comes back with the outputs of these heads together."""
        at = None if place is None else self.pairs.places[place]
        names = {f"blocks.{layer}.attention.z": chosen for layer, chosen in by_layer(heads).items()}
        return self({name: put_in(self.clean[name], at, chosen) for name, chosen in names.items()})
