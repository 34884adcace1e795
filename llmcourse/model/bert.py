"""BERT: an encoder-only Transformer. Every token sees the whole text, and a gap in it is filled from both sides.

Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.block import Block
from llmcourse.model.checks import check_mask
from llmcourse.model.config import ModelConfig
from llmcourse.model.counting import count_by_part
from llmcourse.model.embeddings import TokenEmbedding, check_ids
from llmcourse.model.feedforward import ACTIVATIONS
from llmcourse.model.initialization import initialize
from llmcourse.model.normalization import make_norm
from llmcourse.model.position_bias import make_position_bias
from llmcourse.model.positions import make_positions
from llmcourse.model.recording import HookPoint


class MaskedLMHead(nn.Module):
    """One more layer between what a token has become and the word it should be; the unembedding follows it."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.transform = nn.Linear(config.d_model, config.d_model, bias=config.bias)
        self.activation = ACTIVATIONS["gelu"]
        self.norm = make_norm(config)

    def forward(self, x: Float[Tensor, "batch position d_model"]) -> Float[Tensor, "batch position d_model"]:
        return self.norm(self.activation(self.transform(x)))


class BERT(nn.Module):
    """The encoder and the head that it is pretrained with. For other tasks `encode` gives a vector for each token, and
    `pool` one for the whole text."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.token_embedding = TokenEmbedding(config)
        self.position_embedding = make_positions(config)
        self.position_bias = make_position_bias(config, is_causal=False)
        self.segment_embedding = nn.Embedding(config.n_segments, config.d_model) if config.n_segments else None
        self.embedding_norm = make_norm(config) if config.embedding_norm else None
        self.embeddings = HookPoint()
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config, is_causal=False) for _ in range(config.n_layers)])
        self.final_norm = make_norm(config) if config.norm_position == "pre" else HookPoint()
        self.pooler = nn.Linear(config.d_model, config.d_model, bias=config.bias)
        self.head = MaskedLMHead(config)
        self.unembedding = nn.Linear(config.d_model, config.vocab_size, bias=config.bias)
        self.logits = HookPoint()
        if config.tie_embeddings:
            self.unembedding.weight = self.token_embedding.weight
        self.initialize()

    def encode(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position position"] | None = None,
        segments: Int[Tensor, "batch position"] | None = None,
    ) -> Float[Tensor, "batch position d_model"]:
        """A vector for each token that knows of all the others: what it means *here*.

        `mask`: True where attention is allowed; `padding_mask(ids)` hides padding. `segments`: which part of the input
        a token belongs to, say 0 for the question and 1 for the text; 0 for all when left out.
        Raises CourseError when the ids are no batch, longer than the context, or outside the vocabulary, and when the
        mask or the segments do not fit them.
        """
        check_ids(ids, self.config.context)
        check_mask(mask, len(ids), ids.shape[1], ids.shape[1])
        x = self.token_embedding(ids)
        if self.position_embedding is not None:
            x = x + self.position_embedding(0, ids.shape[1])
        if self.segment_embedding is not None:
            x = x + self.segment_embedding(self.checked(segments, ids))
        elif segments is not None:
            raise CourseError("this model has no segments: leave them out, or make one with n_segments=2")
        if self.embedding_norm is not None:
            x = self.embedding_norm(x)
        x = self.dropout(self.embeddings(x))
        bias = None if self.position_bias is None else self.position_bias(ids.shape[1], ids.shape[1])
        for block in self.blocks:
            x = block(x, mask, bias=bias)
        return self.final_norm(x)

    def pool(self, encoded: Float[Tensor, "batch position d_model"]) -> Float[Tensor, "batch d_model"]:
        """One vector for the whole text, made from the one of its first token."""
        if encoded.ndim != 3 or encoded.shape[1] == 0:
            raise CourseError(f"pool wants (batch, position, d_model), as `encode` gives, not {tuple(encoded.shape)}")
        return torch.tanh(self.pooler(encoded[:, 0]))

    def forward(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position position"] | None = None,
        segments: Int[Tensor, "batch position"] | None = None,
    ) -> Float[Tensor, "batch position vocab"]:
        """At each position, a score for every token of the vocabulary to stand *there*."""
        return self.logits(self.unembedding(self.head(self.encode(ids, mask, segments))))

    def checked(
        self, segments: Int[Tensor, "batch position"] | None, ids: Int[Tensor, "batch position"]
    ) -> Int[Tensor, "batch position"]:
        """The segments, or zeros; raises CourseError for one that the model does not have."""
        if segments is None:
            return torch.zeros_like(ids)
        if segments.shape != ids.shape:
            raise CourseError(f"segments have the shape {tuple(segments.shape)}, and the ids {tuple(ids.shape)}")
        last = self.config.n_segments - 1
        outside = segments[(segments < 0) | (segments > last)]
        if outside.numel():
            raise CourseError(f"segments must be between 0 and {last}, and there is a {outside[0].item()}")
        return segments

    def initialize(self, seed: int | None = None) -> "BERT":
        """Set all weights anew, as `initialization.py` explains. Returns the model."""
        initialize(self, seed)
        return self

    def parameters_by_part(self) -> dict[str, int]:
        """How many parameters each part has; the values sum to the total."""
        return count_by_part(self)

    @property
    def device(self) -> torch.device:
        return self.token_embedding.weight.device
