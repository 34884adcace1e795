"""How much LoRA adds, computed from a model's settings, without a model."""

from llmcourse.model.config import GATED, ModelConfig


def lora_parameters(config: ModelConfig, rank: int, n_classes: int = 0) -> int:
    """How many numbers LoRA trains on every linear layer of the blocks, and on a head of `n_classes` if there is one.

    A layer from n_in to n_out gets `rank` rows of n_in and `rank` columns of n_out: rank · (n_in + n_out). Biases add
    nothing: LoRA leaves them alone.
    """
    d_model, d_head = config.d_model, config.d_head
    q_width, kv_width = config.n_heads * d_head, config.kv_heads * d_head
    attention = 2 * (d_model + q_width) + 2 * (d_model + kv_width)  # queries and output, keys and values
    n_matrices = 3 if config.activation in GATED else 2  # up and down, and a gate
    feedforward = n_matrices * (d_model + config.ff_width)
    head = d_model + n_classes if n_classes else 0
    return rank * (config.n_layers * (attention + feedforward) + head)
