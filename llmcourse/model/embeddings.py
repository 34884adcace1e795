"""Token embeddings: from an integer to a vector that can be learned."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig


def embed_by_product(
    ids: Int[Tensor, "*shape"], table: Float[Tensor, "vocab d_model"]
) -> Float[Tensor, "*shape d_model"]:
    """The row of `table` for each id, as a matrix product: one-hot vectors times the table.

    A one-hot vector is 1 at its id and 0 everywhere else, so of all rows the product keeps a single one. To look the
    row up, as `TokenEmbedding` does, gives the same without the multiplications by zero.
    Raises CourseError for an id outside the table, or one that is no integer.
    """
    check_vocabulary(ids, len(table))
    one_hot = F.one_hot(ids.long(), num_classes=len(table))  # *shape vocab
    return one_hot.to(table.dtype) @ table


class TokenEmbedding(nn.Module):
    """A table with one row per token of the vocabulary; to embed a token is to look up its row.

    The same as multiplying a one-hot vector by the table, without the multiplications by zero.
    Raises CourseError for an id outside the vocabulary, or one that is no integer.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(config.vocab_size, config.d_model) * 0.02)
        # The original Transformer's factor: it lifts the small embeddings to the size of the sines they are added to.
        self.scale = config.d_model**0.5 if config.positions == "sinusoidal" else 1.0

    def forward(self, ids: Int[Tensor, "batch position"]) -> Float[Tensor, "batch position d_model"]:
        try:
            vectors = F.embedding(ids, self.weight)
        except (IndexError, RuntimeError):  # looked into only now: at every step it would cost time
            check_vocabulary(ids, len(self.weight))
            raise
        return vectors if self.scale == 1 else vectors * self.scale


def check_vocabulary(ids: Tensor, vocab_size: int) -> None:
    """Raises CourseError when an id is no integer, or stands for no token."""
    check_integers(ids)
    wrong = [id for id in ids.flatten().tolist() if not 0 <= id < vocab_size]
    if wrong:
        raise CourseError(
            f"token id {wrong[0]} is outside the model's vocabulary (0 to {vocab_size - 1}): "
            "is this the tokenizer that the model was trained with?"
        )


def check_integers(ids: Tensor) -> None:
    if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
        kind = str(ids.dtype).removeprefix("torch.")
        raise CourseError(f"ids of shape {tuple(ids.shape)} are of type {kind}, and must be integers: ids.long()")


def check_ids(ids: Tensor, context: int, start: int = 0) -> None:
    """Raises CourseError when the ids are no batch of integers, or do not fit into the context behind `start`."""
    check_integers(ids)
    if ids.ndim != 2:
        shape = tuple(ids.shape)
        raise CourseError(f"ids must have the shape (batch, position), not {shape}: one text is ids[None]")
    end = start + ids.shape[1]
    if end > context:
        raise CourseError(f"{end} tokens do not fit into the model's context of {context}")
