"""The encoder-decoder: one half reads a text, the other writes another, looking at the first all the time.

Vaswani et al. (2017), Attention Is All You Need: `norm_position="post"`, `norm="layernorm"`, `positions="sinusoidal"`,
`activation="relu"`, `bias=True`. T5 (Raffel et al., 2020) is the same with `positions="relative"`, `norm="rmsnorm"`,
norms in front, no biases, and scores that are not scaled. Either ties all three tables of words into one.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
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


class EncoderDecoder(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.token_embedding = TokenEmbedding(config)  # both halves read the same words
        self.position_embedding = make_positions(config)
        self.dropout = nn.Dropout(config.dropout)

        self.encoder_position_bias = make_position_bias(config, is_causal=False)
        self.encoder_embeddings = HookPoint()
        self.encoder_blocks = nn.ModuleList([Block(config, is_causal=False) for _ in range(config.n_layers)])
        self.encoder_norm = make_norm(config) if config.norm_position == "pre" else HookPoint()

        self.decoder_position_bias = make_position_bias(config, is_causal=True)
        self.decoder_embeddings = HookPoint()
        self.decoder_blocks = nn.ModuleList([Block(config, has_cross=True) for _ in range(config.decoder_layers)])
        self.decoder_norm = make_norm(config) if config.norm_position == "pre" else HookPoint()

        self.unembedding = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.logits = HookPoint()
        if config.tie_embeddings:
            self.unembedding.weight = self.token_embedding.weight
        self.initialize()

    def forward(
        self,
        source: Int[Tensor, "batch memory"],
        ids: Int[Tensor, "batch position"],
        source_mask: Bool[Tensor, "#batch 1 memory"] | None = None,
        mask: Bool[Tensor, "#batch #position position"] | None = None,
    ) -> Float[Tensor, "batch position vocab"]:
        """At each position of the text being written (`ids`), a score for every token to come next, given the text
        that was read (`source`). `padding_mask` makes both masks; causality needs none."""
        memory = self.encode(source, source_mask)
        return self.decode(ids, memory, source_mask, mask)

    def encode(
        self, source: Int[Tensor, "batch memory"], source_mask: Bool[Tensor, "#batch 1 memory"] | None = None
    ) -> Float[Tensor, "batch memory d_model"]:
        """The memory: a vector for each token of the source, which knows of all the others."""
        check_ids(source, self.config.context)
        n = source.shape[1]
        check_mask(source_mask, len(source), n, n, "source_mask")
        x = self.dropout(self.encoder_embeddings(self.embed(source, 0)))
        bias = None if self.encoder_position_bias is None else self.encoder_position_bias(n, n)
        for block in self.encoder_blocks:
            x = block(x, source_mask, bias=bias)
        return self.dropout(self.encoder_norm(x))

    def decode(
        self,
        ids: Int[Tensor, "batch position"],
        memory: Float[Tensor, "batch memory d_model"],
        memory_mask: Bool[Tensor, "#batch 1 memory"] | None = None,
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch position vocab"]:
        """Logits for the token after each of `ids`. With a `cache`, `ids` are those that follow what it has read; the
        memory is then looked at in the first call only, and must be the same in all."""
        start = 0 if cache is None else cache.length
        check_ids(ids, self.config.context, start)
        n = ids.shape[1]
        check_memory(memory, len(ids), self.config.d_model)
        check_mask(memory_mask, len(ids), n, memory.shape[1], "memory_mask")
        check_mask(mask, len(ids), n, start + n)
        x = self.dropout(self.decoder_embeddings(self.embed(ids, start)))
        bias = None if self.decoder_position_bias is None else self.decoder_position_bias(n, start + n)
        for layer, block in enumerate(self.decoder_blocks):
            own = None if cache is None else cache.layers[layer]
            cross = None if cache is None else cache.cross[layer]
            x = block(x, mask, own, bias, memory, memory_mask, cross)
        x = self.dropout(self.decoder_norm(x))
        if self.config.scale_logits:
            x = x * self.config.d_model**-0.5
        return self.logits(self.unembedding(x))

    def embed(self, ids: Int[Tensor, "batch position"], start: int) -> Float[Tensor, "batch position d_model"]:
        x = self.token_embedding(ids)
        return x if self.position_embedding is None else x + self.position_embedding(start, ids.shape[1])

    def initialize(self, seed: int | None = None) -> "EncoderDecoder":
        """Set all weights anew, as `initialization.py` explains. Returns the model."""
        initialize(self, seed)
        return self

    def parameters_by_part(self) -> dict[str, int]:
        """How many parameters each part has; the values sum to the total."""
        return count_by_part(self)

    @property
    def device(self) -> torch.device:
        return self.token_embedding.weight.device


def check_memory(memory: Tensor, batch: int, d_model: int) -> None:
    """Raises CourseError for a memory that does not belong to these texts or to this model."""
    shape = tuple(memory.shape)
    if memory.ndim != 3 or shape[0] != batch or shape[2] != d_model:
        wanted = f"(batch {batch}, any number of tokens, d_model {d_model})"
        raise CourseError(f"the memory has the shape {shape}, not {wanted}: encode(source) makes one")
