"""How many operations a step of training needs: computed from the config, then counted while a model runs.

A multiplication and an addition count as two operations (FLOPs), and only matrix products are counted: norms,
activations and rotations make up the rest, which is small. The backward pass needs two products for each one of the
forward pass, since a product has two factors, and each wants its gradient.

Kaplan et al. (2020), Scaling Laws for Neural Language Models, section 2.1, count the same way.
"""

import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from llmcourse.errors import CourseError
from llmcourse.model.config import GATED, ModelConfig
from llmcourse.model.counting import predict_by_part
from llmcourse.model.gpt import GPT
from llmcourse.model.recording import record

Number = int | float


def block_flops(tokens: int, d_model: int, d_ff: int) -> int:
    """Operations of a block's forward pass over one text of so many tokens: 2·T·(4·d² + 2·d·d_ff) + 4·T²·d.

    Every token meets every weight once. And every query meets every key and gathers from every value: the mask hides
    half of those products after they were made.
    """
    weights = 4 * d_model * d_model + 2 * d_model * d_ff
    attention = 2 * tokens * tokens * d_model  # multiplications: as many for the scores as for the weighted sum
    return 2 * tokens * weights + 2 * attention


def forward_flops(config: ModelConfig, tokens: int | None = None) -> dict[str, int]:
    """Operations of a GPT's forward pass over one text of `tokens` (default: the whole context), by part.

    Looking a vector up in the embedding is no operation. Raises CourseError for no tokens, or more than the context.
    """
    tokens = config.context if tokens is None else tokens
    if not 1 <= tokens <= config.context:
        raise CourseError(f"tokens={tokens} must lie between 1 and the context of {config.context}")
    d_model, q_width, kv_width = config.d_model, config.n_heads * config.d_head, config.kv_heads * config.d_head
    matrices = 3 if config.activation in GATED else 2
    return {
        "projections": 2 * tokens * config.n_layers * 2 * d_model * (q_width + kv_width),
        "attention": 2 * tokens * config.n_layers * 2 * tokens * q_width,
        "feed-forward": 2 * tokens * config.n_layers * matrices * d_model * config.ff_width,
        "unembedding": 2 * tokens * d_model * config.vocab_size,
    }


def training_flops(config: ModelConfig, texts: int = 1, tokens: int | None = None, checkpointed: bool = False) -> int:
    """Operations of a training step on so many texts: three times the forward pass.

    `checkpointed`: the blocks compute their forward pass once more (training/checkpointing.py).
    """
    parts = forward_flops(config, tokens)
    again = sum(parts.values()) - parts["unembedding"] if checkpointed else 0
    return texts * (3 * sum(parts.values()) + again)


def six_n(config: ModelConfig) -> int:
    """The rule of thumb, operations per token of training: 6 for each weight that is multiplied with (no look-ups)."""
    parts = predict_by_part(config)
    return 6 * (parts["attention"] + parts["feed-forward"] + config.vocab_size * config.d_model)


def measured_flops(model: GPT, texts: int = 1, tokens: int | None = None) -> int:
    """The same, counted by PyTorch's own counter, product by product, while the model takes a step. No weight moves."""
    tokens = model.config.context if tokens is None else tokens
    ids = torch.zeros(texts, tokens, dtype=torch.long, device=model.device)
    # Somebody who watches the weights makes attention spell its products out: the fused kernel hides them.
    with record(model, "blocks.*.attention.weights"), FlopCounterMode(display=False) as counter:
        loss = F.cross_entropy(model(ids).flatten(0, 1), ids.flatten())
        loss.backward()
    model.zero_grad()
    return counter.get_total_flops()
