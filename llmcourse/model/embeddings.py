"""Token embeddings: from an integer to a vector that can be learned."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig


class TokenEmbedding(nn.Module):
    """A table with one row per token of the vocabulary; to embed a token is to look up its row.

    The same as multiplying a one-hot vector by the table, without the multiplications by zero.
    Raises CourseError for an id outside the vocabulary.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(config.vocab_size, config.d_model) * 0.02)
        # The original Transformer's factor: it lifts the small embeddings to the size of the sines they are added to.
        self.scale = config.d_model**0.5 if config.positions == "sinusoidal" else 1.0

    def forward(self, ids: Int[Tensor, "batch position"]) -> Float[Tensor, "batch position d_model"]:
        try:
            vectors = F.embedding(ids, self.weight)
        except IndexError:
            wrong = next(id for id in ids.flatten().tolist() if not 0 <= id < len(self.weight))
            raise CourseError(
                f"token id {wrong} is outside the model's vocabulary (0 to {len(self.weight) - 1}): "
                "is this the tokenizer that the model was trained with?"
            ) from None
        return vectors if self.scale == 1 else vectors * self.scale


def check_ids(ids: Tensor, context: int, start: int = 0) -> None:
    """Raises CourseError when the ids are no batch of whole numbers, or do not fit into the context behind `start`."""
    if ids.dtype not in (torch.int64, torch.int32):
        raise CourseError(f"ids must be whole numbers (torch.long), not {ids.dtype}: a model reads ids, not vectors")
    if ids.ndim != 2:
        shape = tuple(ids.shape)
        raise CourseError(f"ids must have the shape (batch, position), not {shape}: one text is ids[None]")
    end = start + ids.shape[1]
    if end > context:
        raise CourseError(f"{end} tokens do not fit into the model's context of {context}")
