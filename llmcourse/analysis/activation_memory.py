"""What the forward pass keeps for the backward pass: predicted from the config, then weighed while a model runs.

A product keeps both of its factors, since each is needed for the other one's gradient; a sum keeps nothing. So one can
go through a block line by line and add up. Korthikanti et al. (2022), Reducing Activation Recomputation in Large
Transformer Models, do so for theirs.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.config import GATED, ModelConfig
from llmcourse.model.counting import predict_by_part
from llmcourse.model.gpt import GPT

FLOAT, INTEGER = 4, 8  # bytes


def block_floats(config: ModelConfig, tokens: int, explicit: bool = False) -> int:
    """Floats that a block keeps for each token of a text of `tokens`.

    `explicit`: with the matrix of attention weights, which the fused kernel never keeps.
    """
    d_model, heads, kv_heads = config.d_model, config.n_heads, config.kv_heads
    width, kv_width = heads * config.d_head, kv_heads * config.d_head
    norm = 3 * d_model + 1  # what comes in, its scale, the scaled vector, and the one with the learned scale
    attention = 3 * width  # queries, keys and values
    attention += width + (2 * heads * tokens if explicit else heads)  # what they give, and the weights or their sums
    if config.qk_norm:  # what goes into each norm, its scale, and the scaled vector
        attention += 2 * (width + kv_width) + heads + kv_heads
    feedforward = (4 if config.activation in GATED else 2) * config.ff_width
    return 2 * norm + attention + feedforward


def activation_bytes(
    config: ModelConfig, texts: int, tokens: int, explicit: bool = False, checkpointed: bool = False
) -> int:
    """Bytes that a GPT keeps between the forward and the backward pass, for so many texts of so many tokens.

    `checkpointed`: each block keeps only what came into it. Raises CourseError for shapes that it has no formula for.
    """
    if config.dropout or config.norm_position != "pre" or config.positions not in ("rotary", "learned"):
        raise CourseError("the formula is for pre-norm GPTs without dropout, with rotary or learned positions")
    block = config.d_model if checkpointed else block_floats(config, tokens, explicit)
    floats = config.n_layers * block + 3 * config.d_model + 1 + config.vocab_size  # the last norm; every token's logits
    masks = 2 * config.n_layers * tokens * tokens if explicit and not checkpointed else 0  # a byte for each pair
    return texts * tokens * (FLOAT * floats + 2 * INTEGER) + masks  # INTEGER: the ids, as what is read and as targets


def kept_bytes(forward: Callable[[], object], model: nn.Module) -> int:
    """The bytes that autograd keeps when `forward()` is computed. Weights are not counted, and nothing is twice."""
    own = {tensor.untyped_storage().data_ptr() for tensor in [*model.parameters(), *model.buffers()]}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in own:
            kept[tensor.untyped_storage().data_ptr()] = tensor  # held on to, so that no address comes twice
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        forward()
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


def measured_activation_bytes(model: GPT, texts: int, tokens: int) -> int:
    """The same as `activation_bytes`, weighed while this model reads."""
    ids = torch.zeros(texts, tokens, dtype=torch.long, device=model.device)
    targets = ids.clone()
    return kept_bytes(lambda: F.cross_entropy(model(ids).flatten(0, 1), targets.flatten()), model)


def optimizer_bytes(config: ModelConfig, optimizer: str = "adamw") -> int:
    """What the optimizer remembers between two steps. "adamw": two moments for each parameter. "muon": one for the
    matrices of the blocks, and AdamW's two for all others. Raises CourseError for another name."""
    if optimizer not in ("adamw", "muon"):
        raise CourseError(f"optimizer={optimizer!r} is unknown: choose 'adamw' or 'muon'")
    parts = predict_by_part(config)
    numbers = 2 * sum(parts.values())
    if optimizer == "muon":
        numbers -= parts["attention"] + parts["feed-forward"]
    return FLOAT * numbers


def measured_optimizer_bytes(optimizers: list[torch.optim.Optimizer]) -> int:
    """The same, weighed after a first step. Counters of steps, a number each, are left out."""
    states = [value for one in optimizers for state in one.state.values() for value in state.values()]
    return sum(
        value.numel() * value.element_size() for value in states if isinstance(value, Tensor) and value.numel() > 1
    )
