"""GPT: a decoder-only Transformer. It reads tokens and says, at each position, what it expects next.

Radford et al. (2019), Language Models are Unsupervised Multitask Learners.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.model.block import Block
from llmcourse.model.cache import KVCache
from llmcourse.model.checks import check_mask
from llmcourse.model.config import ModelConfig
from llmcourse.model.counting import count_by_part
from llmcourse.model.embeddings import TokenEmbedding, check_ids
from llmcourse.model.initialization import initialize
from llmcourse.model.normalization import make_norm
from llmcourse.model.position_bias import make_position_bias
from llmcourse.model.positions import make_positions
from llmcourse.model.recording import HookPoint


class GPT(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.token_embedding = TokenEmbedding(config)
        self.position_embedding = make_positions(config)
        self.position_bias = make_position_bias(config)
        self.embeddings = HookPoint()
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layers)])
        # After a post-norm block nothing is left to normalize.
        self.final_norm = make_norm(config) if config.norm_position == "pre" else HookPoint()
        self.unembedding = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.logits = HookPoint()
        if config.tie_embeddings:
            self.unembedding.weight = self.token_embedding.weight
        self.initialize()

    def encode(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch position d_model"]:
        """A vector for each token that knows of all those before it: what the unembedding makes scores of.

        `mask`: True where attention is allowed, besides causality (no padding, only the same document, …).
        `cache`: the keys and values of earlier positions; `ids` are then the positions that follow them.

        Raises CourseError when the ids are no batch, longer than the context, or outside the vocabulary.
        """
        start = 0 if cache is None else cache.length
        check_ids(ids, self.config.context, start)
        check_mask(mask, len(ids), ids.shape[1], start + ids.shape[1])
        x = self.token_embedding(ids)  # batch position d_model
        if self.position_embedding is not None:
            x = x + self.position_embedding(start, ids.shape[1])
        x = self.dropout(self.embeddings(x))
        bias = None if self.position_bias is None else self.position_bias(ids.shape[1], start + ids.shape[1])
        for layer, block in enumerate(self.blocks):
            x = block(x, mask, None if cache is None else cache.layers[layer], bias)
        return self.final_norm(x)

    def forward(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch position vocab"]:
        """At each position, a score for every token of the vocabulary to come next; it is given what `encode` is."""
        return self.logits(self.unembedding(self.encode(ids, mask, cache)))

    def initialize(self, seed: int | None = None) -> "GPT":
        """Set all weights anew, as `initialization.py` explains. Returns the model."""
        initialize(self, seed)
        return self

    def parameters_by_part(self) -> dict[str, int]:
        """How many parameters each part has; the values sum to the total."""
        return count_by_part(self)

    @property
    def device(self) -> torch.device:
        return self.token_embedding.weight.device
