"""Where the parameters are: counted in a model, and computed from its config without one."""

from torch import nn

from llmcourse.model.config import GATED, ModelConfig

PARTS = ("token embedding", "position embedding", "attention", "feed-forward", "normalization", "unembedding")


def part_of(name: str) -> str:
    """The part that a parameter belongs to, by its name in the model."""
    first = name.split(".")[0]
    if first == "head":  # BERT's, with a norm of its own
        return "head"
    if "norm" in name:
        return "normalization"
    if first.endswith("blocks"):
        if ".cross_attention." in name:
            return "cross-attention"
        return "attention" if ".attention." in name else "feed-forward"
    return "position bias" if first.endswith("position_bias") else first.replace("_", " ")


def count_by_part(model: nn.Module) -> dict[str, int]:
    """How many parameters each part of a model has. A matrix that is used twice is counted once, as token embedding."""
    counts = dict.fromkeys(PARTS, 0)
    for name, parameter in model.named_parameters():
        counts[part_of(name)] = counts.get(part_of(name), 0) + parameter.numel()
    return counts


def predict_by_part(config: ModelConfig) -> dict[str, int]:
    """The same from the formula. Norms and biases apart: 12 · n_layers · d_model² for the blocks of a GPT-2."""
    d_model, layers, bias = config.d_model, config.n_layers, int(config.bias)

    def linear(n_in: int, n_out: int, bias: int = bias) -> int:
        return n_in * n_out + bias * n_out

    kv_width = config.kv_heads * config.d_head
    attention = 2 * linear(d_model, d_model) + 2 * linear(d_model, kv_width)  # queries and output, keys and values
    widening = 2 if config.activation in GATED else 1  # gate and up, or up alone
    feedforward = widening * linear(d_model, config.ff_width) + linear(config.ff_width, d_model)

    norms = 2 * layers + (1 if config.norm_position == "pre" else 0)
    norm_width = d_model * (2 if config.norm == "layernorm" and config.bias else 1)
    qk_norms = 2 * config.d_head * layers if config.qk_norm else 0
    parts = {
        "token embedding": config.vocab_size * d_model,
        "position embedding": config.context * d_model if config.positions == "learned" else 0,
        "attention": layers * attention,
        "feed-forward": layers * feedforward,
        "normalization": norms * norm_width + qk_norms,
        "unembedding": 0 if config.tie_embeddings else linear(d_model, config.vocab_size, bias=0),
    }
    if config.positions == "relative":
        parts["position bias"] = 32 * config.n_heads  # a number for each bucket of distances and each head
    return parts
