"""The attention weights of a model on a text, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus import Tokenizer, split_words
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.inference.text import encode_prompt
from llmcourse.model import GPT, record
from llmcourse.viz.cells import Links, visible

WEIGHTS = "blocks.*.attention.weights"
QUERIES, KEYS = "blocks.*.attention.q", "blocks.*.attention.k"


@dataclass(frozen=True)
class AttentionMap:
    """Who looks at whom: all weights that a model computed for one text.

    `layers` and `heads` are the numbers that the model's layers and heads go by, also where only some were chosen.
    `before` counts the tokens in front of the text's own first one: 1 for `<bos>`.
    """

    tokens: tuple[str, ...]
    weights: Float[Tensor, "layer head query key"]  # float64
    layers: tuple[int, ...]
    heads: tuple[int, ...]
    before: int = 0

    def head(self, layer: int, head: int) -> Float[Tensor, "query key"]:
        """The weights of one head, by the model's own numbers."""
        return self.weights[place(layer, self.layers, "layer"), place(head, self.heads, "head")]

    def only(self, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None) -> "AttentionMap":
        """The same text, but only some layers and heads. Raises CourseError for one that the model has not."""
        layers = self.layers if layers is None else tuple(layers)
        heads = self.heads if heads is None else tuple(heads)
        if not layers or not heads:
            raise CourseError("choose at least one layer and one head to look at")
        rows = [place(layer, self.layers, "layer") for layer in layers]
        columns = [place(head, self.heads, "head") for head in heads]
        return AttentionMap(self.tokens, self.weights[rows][:, columns], layers, heads, self.before)

    def shifted(self, links: Links | None) -> list[tuple[int, int]]:
        """Links between words of the text (first word: 0) as links between `tokens`.

        Raises CourseError for a link to a word that is not there.
        """
        pairs = [(int(source), int(target)) for source, target in links or ()]
        words = len(self.tokens) - self.before
        for pair in pairs:
            if not all(0 <= position < words for position in pair):
                raise CourseError(f"the link {pair} leaves the text: its tokens are numbered from 0 to {words - 1}")
        return [(source + self.before, target + self.before) for source, target in pairs]

    @property
    def labels(self) -> list[str]:
        """The tokens as they can be read on an axis."""
        return [visible(token) for token in self.tokens]


@dataclass(frozen=True)
class NeuronMap:
    """Besides who looks at whom, why: every head's query and key for every token, after norm and rotation.

    A dot product of the two, divided by √d_head, is the score from which the softmax makes the weight.
    """

    attention: AttentionMap
    queries: Float[Tensor, "layer head token d_head"]  # float64
    keys: Float[Tensor, "layer head token d_head"]

    def head(self, layer: int, head: int) -> tuple[Float[Tensor, "token d_head"], Float[Tensor, "token d_head"]]:
        """The queries and the keys of one head, by the model's own numbers."""
        row = place(layer, self.attention.layers, "layer")
        column = place(head, self.attention.heads, "head")
        return self.queries[row, column], self.keys[row, column]

    def only(self, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None) -> "NeuronMap":
        """The same text, but only some layers and heads. Raises CourseError for one that the model has not."""
        chosen = self.attention.only(layers, heads)
        rows = [self.attention.layers.index(layer) for layer in chosen.layers]
        columns = [self.attention.heads.index(head) for head in chosen.heads]
        return NeuronMap(chosen, self.queries[rows][:, columns], self.keys[rows][:, columns])


def place(number: int, numbers: Sequence[int], what: str) -> int:
    if number not in numbers:
        have = f"{what} {numbers[0]}" if len(numbers) == 1 else f"{what}s {', '.join(map(str, numbers))}"
        raise CourseError(f"there is no {what} {number} here: choose from {have}")
    return numbers.index(number)


def read_attention(model: GPT, tokenizer: Tokenizer, text: str) -> AttentionMap:
    """Run the model on `<bos>` and the text, and record the weights of every head in every layer.

    Raises CourseError for an empty text, an unknown word, or a text longer than the model's context.
    """
    return read_neurons(model, tokenizer, text).attention


def read_neurons(model: GPT, tokenizer: Tokenizer, text: str) -> NeuronMap:
    """As `read_attention`, with the queries and keys that the weights were made of."""
    ids = encode_prompt(model, tokenizer, text)
    if ids.shape[1] < 2:
        raise CourseError("there is no text to look at: write at least one word")
    with torch.no_grad(), evaluating(model), record(model, WEIGHTS, QUERIES, KEYS) as trace:
        model(ids)
    layers = range(model.config.n_layers)

    def stacked(name: str) -> Tensor:  # layer head …
        return torch.stack([trace[f"blocks.{layer}.attention.{name}"][0].cpu().double() for layer in layers])

    attention = AttentionMap(
        tokens=tuple(tokenizer.tokens(ids[0].tolist())),
        weights=stacked("weights"),
        layers=tuple(layers),
        heads=tuple(range(model.config.n_heads)),
        before=1,
    )
    group = model.config.n_heads // model.config.kv_heads  # so many heads of queries use the same keys
    return NeuronMap(attention, stacked("q"), stacked("k").repeat_interleave(group, dim=1))


def true_links(world: Any, text: str) -> list[tuple[int, int]]:
    """Coreference as the story world knows it: (later mention, earlier mention) as positions of the text's tokens.

    `text` may be a story or the beginning of one; any other text has no true links, and gives an empty list.
    """
    tokens = split_words(text)
    told = len(tokens)
    try:
        while rest := world.next_word(" ".join(tokens)):  # only a whole story can be read: take any way to its end
            tokens.append(next(iter(rest)))
        return [pair for pair in world.read(" ".join(tokens)).links() if max(pair) < told]
    except CourseError:
        return []
