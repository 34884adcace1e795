"""Where the parameters are: counted in a model, and computed from its config without one."""

from typing import Literal, get_args

from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model.config import GATED, ModelConfig

Family = Literal["gpt", "bert", "encoder_decoder"]
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


def predict_by_part(config: ModelConfig, family: Family = "gpt") -> dict[str, int]:
    """The same from the formula. Norms and biases apart: 12 · n_layers · d_model² for the blocks of a GPT-2.

    Raises CourseError for a family that there is not.
    """
    if family not in get_args(Family):
        raise CourseError(f"family={family!r} is unknown: choose {', '.join(map(repr, get_args(Family)))}")
    d_model, vocab, bias = config.d_model, config.vocab_size, int(config.bias)
    is_pair = family == "encoder_decoder"
    layers = config.n_layers + (config.decoder_layers if is_pair else 0)
    cross = config.decoder_layers if is_pair else 0  # layers with cross-attention, which is as large as attention

    def linear(n_in: int, n_out: int, bias: int = bias) -> int:
        return n_in * n_out + bias * n_out

    kv_width = config.kv_heads * config.d_head
    q_width, some = config.n_heads * config.d_head, int(config.projection_bias)
    attention = linear(d_model, q_width, some) + linear(q_width, d_model, some)  # queries and output
    attention += 2 * linear(d_model, kv_width, some)  # keys and values
    widening = 2 if config.activation in GATED else 1  # gate and up, or up alone
    feedforward = widening * linear(d_model, config.ff_width) + linear(config.ff_width, d_model)

    norm = d_model * (2 if config.norm == "layernorm" and config.bias else 1)
    last_norms = (2 if is_pair else 1) if config.norm_position == "pre" else 0
    norms = norm * (2 * layers + cross + last_norms)
    norms += 2 * config.d_head * (layers + cross) if config.qk_norm else 0
    parts = {
        "token embedding": vocab * d_model,
        "position embedding": config.context * d_model if config.positions == "learned" else 0,
        "attention": layers * attention,
        "feed-forward": layers * feedforward,
        "normalization": norms,
        "unembedding": 0 if config.tie_embeddings else vocab * d_model,
    }
    if config.positions == "relative":  # a number for each bucket of distances and each head, in each half
        parts["position bias"] = (2 if is_pair else 1) * config.n_buckets * config.n_heads
    if is_pair:
        parts["cross-attention"] = cross * attention
    if family == "bert":
        parts["normalization"] += norm * config.embedding_norm
        parts["unembedding"] += bias * vocab  # its matrix may be tied, its biases are its own
        parts |= {"pooler": linear(d_model, d_model), "head": linear(d_model, d_model) + norm}
        if config.n_segments:
            parts["segment embedding"] = config.n_segments * d_model
    return parts


def transformer_parameters(vocab_size: int, d_model: int, d_ff: int, n_layers: int) -> int:
    """The size of the Transformer of 2017: `n_layers` in each half, biases everywhere, one table of words for all uses.

    The number of heads is not among the inputs: they share out the width between them.
    """
    attention = 4 * (d_model * d_model + d_model)  # queries, keys, values, output: a matrix and its biases each
    feedforward = (d_model * d_ff + d_ff) + (d_ff * d_model + d_model)  # up and down
    norm = 2 * d_model  # a scale and a shift
    encoder_layer = attention + feedforward + 2 * norm
    decoder_layer = 2 * attention + feedforward + 3 * norm  # one attention to its own text, one to the other
    return vocab_size * d_model + n_layers * (encoder_layer + decoder_layer)
