"""Circuits: a few parts of a model that do a task, and the test that they do.

A circuit is a claim: these heads, at these places, are what answers. It is tested from both sides. *Sufficient*: all
other heads are silenced, and the answer stays (faithfulness). *Necessary*: only the circuit is silenced, and the answer
goes. And other sets of as many heads are tried as well: if they did as well, nothing would have been found.

Silencing a head sets its output to its mean over many texts, so that it says what it says on average: zero is a value
that the rest of the model has perhaps never met (Wang et al., 2022, section 2).
"""

import random
from collections.abc import Iterable, Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.analysis.ablation import Head, all_heads, by_layer
from llmcourse.analysis.minimal_pairs import Pairs, logit_differences
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record
from llmcourse.model.recording import Edit

Means = Mapping[int, Float[Tensor, "head d_head"]]


@torch.no_grad()
def mean_outputs(model: GPT, pairs: Pairs) -> dict[int, Float[Tensor, "head d_head"]]:
    """For each layer the mean output of each head, over all tokens of both texts of all pairs."""
    ids, last = torch.cat([pairs.clean, pairs.corrupt]), torch.cat([pairs.last, pairs.last])
    real = torch.arange(ids.shape[1]) <= last[:, None]  # batch position
    with evaluating(model), record(model, "blocks.*.attention.z") as trace:
        model(ids)
    return {
        layer: trace[f"blocks.{layer}.attention.z"].transpose(1, 2)[real].mean(dim=0)  # head d_head
        for layer in range(model.config.n_layers)
    }


def averaged(means: Means, heads: Iterable[Head], kept_at: Tensor | None = None) -> dict[str, Edit]:
    """Edits that set these heads to their means; everywhere, or at all positions but `kept_at` of each row."""
    chosen = by_layer(heads)
    for layer, numbers in chosen.items():
        if layer not in means or not set(numbers) <= set(range(len(means[layer]))):
            raise CourseError(f"there is no head {layer}.{max(numbers)} in this model")

    def silence(layer: int) -> Edit:
        def edit(z: Tensor) -> Tensor:  # batch head position d_head
            new = z.clone()
            for head in chosen[layer]:
                new[:, head] = means[layer][head]
                if kept_at is not None:
                    rows = torch.arange(len(z))
                    new[rows, head, kept_at] = z[rows, head, kept_at]
            return new

        return edit

    return {f"blocks.{layer}.attention.z": silence(layer) for layer in chosen}


@torch.no_grad()
def share_kept(model: GPT, pairs: Pairs, silenced: Iterable[Head], means: Means | None = None) -> float:
    """How much of the difference between the two texts of the pairs is left when these heads say their mean: 1 all of
    it, 0 nothing. It is the contrast of clean and corrupt that counts, so that a mere liking for one name does not."""
    means = mean_outputs(model, pairs) if means is None else means
    heads = list(silenced)

    def contrast(edits: Mapping[str, Edit]) -> float:
        with evaluating(model), record(model, "logits", edit=edits):
            clean, corrupt = (logit_differences(model(ids), pairs) for ids in (pairs.clean, pairs.corrupt))
        return (clean - corrupt).mean().item()

    return contrast(averaged(means, heads)) / contrast({})


def faithfulness(model: GPT, pairs: Pairs, circuit: Iterable[Head], means: Means | None = None) -> float:
    """The share of the difference that is left when all heads but the circuit say their mean."""
    kept = set(circuit)
    if strangers := kept - set(all_heads(model)):
        raise CourseError(f"there is no head {strangers.pop()} in this model")
    return share_kept(model, pairs, [head for head in all_heads(model) if head not in kept], means)


def random_sets(model: GPT, size: int, n: int, seed: int = 0) -> list[list[Head]]:
    """n different sets of `size` heads, drawn at random: what a circuit is compared with."""
    rng, heads = random.Random(seed), all_heads(model)
    drawn: dict[tuple[Head, ...], None] = {}
    for _ in range(50 * n):
        drawn.setdefault(tuple(sorted(rng.sample(heads, size))))
        if len(drawn) == n:
            return [list(chosen) for chosen in drawn]
    raise CourseError(f"there are not {n} different sets of {size} heads among {len(heads)}")
