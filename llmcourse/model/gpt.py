"""GPT: a decoder-only Transformer. It reads tokens and says, at each position, what it expects next.

Radford et al. (2019), Language Models are Unsupervised Multitask Learners.
"""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.block import Block
from llmcourse.model.cache import KVCache
from llmcourse.model.config import ModelConfig
from llmcourse.model.counting import count_by_part
from llmcourse.model.embeddings import TokenEmbedding
from llmcourse.model.normalization import make_norm
from llmcourse.model.positions import make_positions
from llmcourse.model.recording import HookPoint

OUTPUT_PROJECTIONS = ("attention.w_o.weight", "feedforward.down.weight")  # what writes into the residual stream


class GPT(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.token_embedding = TokenEmbedding(config)
        self.position_embedding = make_positions(config)
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

    def forward(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch position key"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch position vocab"]:
        """At each position, a score for every token of the vocabulary to come next.

        `mask`: True where attention is allowed, besides causality (no padding, only the same document, …).
        `cache`: the keys and values of earlier positions; `ids` are then the positions that follow them.

        Raises CourseError when the ids are no batch, longer than the context, or outside the vocabulary.
        """
        if ids.ndim != 2:
            shape = tuple(ids.shape)
            raise CourseError(f"ids must have the shape (batch, position), not {shape}: one text is ids[None]")
        start = 0 if cache is None else cache.length
        end = start + ids.shape[1]
        if end > self.config.context:
            raise CourseError(f"{end} tokens do not fit into the model's context of {self.config.context}")

        x = self.token_embedding(ids)  # batch position d_model
        if self.position_embedding is not None:
            x = x + self.position_embedding(start, ids.shape[1])
        x = self.dropout(self.embeddings(x))
        for layer, block in enumerate(self.blocks):
            x = block(x, mask, None if cache is None else cache.layers[layer])
        return self.logits(self.unembedding(self.final_norm(x)))

    @torch.no_grad()
    def initialize(self, seed: int | None = None) -> "GPT":
        """Set all weights anew: the same seed gives the same weights on every device. Returns the model.

        A matrix gets random numbers of size 1/√inputs, so that its outputs are about as large as its inputs. Those that
        write into the residual stream get smaller ones the more of them there are, so that the sum of all their
        outputs has the same size at any depth (GPT-2), or zeros (`zero_init_outputs`), so that the untrained model is
        an embedding and an unembedding with nothing between.

        Embeddings start large. Words that are used alike are moved alike by every step, and what they have in common
        soon outgrows a small start: the model then knows that a word is a job, and not which one. The unembedding
        starts as a faint copy of the embedding, so that what attention fetches is already half-way to being said. With
        `copy_init` a head's output projection starts as half of its value projection turned round: what the one takes
        apart the other puts together, and a head that learns where to look can copy from there at once.
        """
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                parameter.zero_()
            elif parameter.ndim == 1:  # the scale of a norm
                parameter.fill_(1.0)
            elif name.endswith(OUTPUT_PROJECTIONS) and self.config.zero_init_outputs:
                parameter.zero_()
            else:
                noise = torch.randn(parameter.shape, generator=generator, device="cpu")
                parameter.copy_(noise * self.initial_size(name, parameter))
        if not self.config.tie_embeddings:
            self.unembedding.weight.copy_(0.02 * self.token_embedding.scale * self.token_embedding.weight)
        if self.config.copy_init:
            for module in self.modules():
                if isinstance(module, MultiHeadAttention):
                    module.start_by_copying()
        return self

    def initial_size(self, name: str, parameter: Tensor) -> float:
        """The standard deviation of a matrix's first weights."""
        writes_logits = name.startswith("unembedding") or ("embedding" in name and self.config.tie_embeddings)
        if writes_logits:
            return 0.02
        if "embedding" in name:
            return 1 / self.token_embedding.scale
        size = parameter.shape[-1] ** -0.5
        return size / math.sqrt(2 * self.config.n_layers) if name.endswith(OUTPUT_PROJECTIONS) else size

    def parameters_by_part(self) -> dict[str, int]:
        """How many parameters each part has; the values sum to the total."""
        return count_by_part(self)

    @property
    def device(self) -> torch.device:
        return self.token_embedding.weight.device
