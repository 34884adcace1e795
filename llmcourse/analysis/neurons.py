"""The neurons of the feed-forward layers, read as a memory: when does each fire, and what does it write?

Geva et al. (2021), Transformer Feed-Forward Layers Are Key-Value Memories, and Geva et al. (2022), Transformer
Feed-Forward Layers Build Predictions by Promoting Concepts in the Vocabulary Space. There, people looked at the texts
that set a neuron off, and said what they have in common. In the story world it is known which word comes next, so a
neuron can be scored against the truth.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record
from llmcourse.model.recording import Edit
from llmcourse.training.batches import collate, document_ids
from llmcourse.training.loss import IGNORE


@dataclass(frozen=True)
class Activity:
    """What every neuron did at every token of some texts, `<bos>` included, which reads nothing and expects a word."""

    values: Float[Tensor, "layer token d_ff"]
    reads: list[str]  # the token that the neurons look at
    comes: list[str]  # the token that comes after it

    def at(self, words: Collection[str]) -> Bool[Tensor, "token"]:
        """Where one of these words is read; capitals do not matter."""
        return is_among(self.reads, words)

    def before(self, words: Collection[str]) -> Bool[Tensor, "token"]:
        """Where one of these words comes next."""
        return is_among(self.comes, words)


def is_among(tokens: Iterable[str], words: Collection[str]) -> Bool[Tensor, "token"]:
    wanted = {word.lower() for word in words}
    return torch.tensor([token.lower() in wanted for token in tokens])


@torch.no_grad()
def neuron_activity(model: GPT, tokenizer: Tokenizer, texts: Sequence[str]) -> Activity:
    """The values of all neurons after their activation, at every token of the texts. Raises CourseError without any."""
    if not texts:
        raise CourseError("there is nothing to read: the list of texts is empty")
    batch = collate(document_ids(texts, tokenizer), tokenizer).to(model.device)
    with evaluating(model), record(model, "blocks.*.feedforward.post") as trace:
        model(batch.ids)
    real = batch.targets != IGNORE  # no padding
    values = torch.stack([trace[f"blocks.{layer}.feedforward.post"][real] for layer in range(model.config.n_layers)])
    reads, comes = tokenizer.tokens(batch.ids[real].tolist()), tokenizer.tokens(batch.targets[real].tolist())
    return Activity(values.cpu(), reads, comes)


def clarity(values: Float[Tensor, "*layer token d_ff"], wanted: Bool[Tensor, "token"]) -> Float[Tensor, "*layer d_ff"]:
    """How well each neuron singles out the wanted tokens: 1 if it fires at each of them, and nowhere else.

    Two shares have to be large: how much of all that it fires falls on wanted tokens (precision), and at how many of
    the wanted tokens it fires (recall). The result is their harmonic mean, F1: small as soon as one of them is.
    Raises CourseError when no token is wanted.
    """
    if not wanted.any():
        raise CourseError("none of these tokens is wanted: are the words spelled as the tokenizer spells them?")
    fires = values.clamp(min=0)
    on_wanted = fires[..., wanted, :]
    precision = on_wanted.sum(-2) / fires.sum(-2).clamp(min=1e-12)
    recall = (on_wanted > 0).float().mean(-2)
    return 2 * precision * recall / (precision + recall).clamp(min=1e-12)


@torch.no_grad()
def written_scores(model: GPT, layer: int, neuron: int) -> Float[Tensor, "vocab"]:
    """What a neuron's value says about each word, if the last norm and the unembedding read it as it stands."""
    check_neuron(model, layer, neuron)
    down: Tensor = model.blocks[layer].feedforward.down.weight  # type: ignore[union-attr, assignment]
    value = down[:, neuron]
    scale = getattr(model.final_norm, "weight", torch.ones_like(value))
    return model.unembedding.weight @ (scale * value)


def written_words(model: GPT, tokenizer: Tokenizer, layer: int, neuron: int, top: int = 10) -> list[str]:
    """The words that a neuron speaks for when it fires, the most favoured first."""
    return tokenizer.tokens(written_scores(model, layer, neuron).topk(top).indices.tolist())


def set_neurons(layer: int, neurons: Collection[int], value: float = 0.0, only_last: bool = False) -> dict[str, Edit]:
    """An edit for `record` that gives these neurons of a layer a value, at every token or at the last one alone.

    With 0, the default, they are silenced: `with record(model, edit=set_neurons(2, [17])): …`
    """

    def change(post: Tensor) -> Tensor:  # batch position d_ff
        width = post.shape[-1]
        if any(not 0 <= neuron < width for neuron in neurons):
            raise CourseError(f"neurons {sorted(neurons)} of layer {layer}: they are numbered from 0 to {width - 1}")
        post = post.clone()
        post[:, -1 if only_last else slice(None), list(neurons)] = value
        return post

    return {f"blocks.{layer}.feedforward.post": change}


def check_neuron(model: GPT, layer: int, neuron: int) -> None:
    layers, width = model.config.n_layers, model.config.ff_width
    if not (0 <= layer < layers and 0 <= neuron < width):
        raise CourseError(f"no neuron {neuron} in layer {layer}: there are {layers} layers of {width}, counted from 0")
