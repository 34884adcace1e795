"""Everything that decides the shape of a model, in one place."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from llmcourse.errors import CourseError

Positions = Literal["rotary", "learned", "sinusoidal", "alibi", "relative", "none"]
Norm = Literal["rmsnorm", "layernorm"]
NormPosition = Literal["pre", "post"]
Activation = Literal["gelu", "gelu_tanh", "relu", "relu2", "swiglu", "geglu", "reglu"]
RopeScaling = tuple[float | int, float | int, float | int, float | int]  # factor, slow, fast, context before
GATED = ("swiglu", "geglu", "reglu")


class ConfigError(CourseError):
    """A setting of a model that cannot be. The message names the setting, its value and what is allowed."""


@dataclass(frozen=True)
class ModelConfig:
    """The settings of a model. The defaults make a small modern decoder, in the manner of Llama.

    GPT, BERT and EncoderDecoder all read this one; the settings of the last group mean something to some of them only.

    Raises ConfigError when a setting is impossible or two of them do not fit each other.
    """

    vocab_size: int
    context: int = 128  # the longest sequence that the model can read
    d_model: int = 128  # the width of the residual stream
    n_layers: int = 3  # of an encoder-decoder: in the encoder
    n_heads: int = 4
    head_width: int | None = None  # the width of one head; None: d_model / n_heads
    n_kv_heads: int | None = None  # heads of keys and values; fewer than n_heads is grouped-query attention
    d_ff: int | None = None  # the width inside the feed-forward layers; None: see `ff_width`
    positions: Positions = "rotary"
    norm: Norm = "rmsnorm"
    norm_position: NormPosition = "pre"
    activation: Activation = "gelu"
    qk_norm: bool = False  # normalize queries and keys, so that no score can grow without bound
    dropout: int | float = 0.0
    bias: bool = False  # in the linear layers of the blocks and in LayerNorm
    attention_bias: bool | None = None  # in the four projections of attention; None: as `bias` says
    tie_embeddings: bool = False  # one matrix both reads tokens and writes logits
    zero_init_outputs: bool = False  # each block begins as the identity: its output projections start at zero
    copy_init: bool = False  # each head begins by passing on, faintly, the very tokens it attends to
    rope_theta: int | float = 10_000.0  # rotary positions: how slowly the slowest pair of dimensions turns
    rope_scaling: RopeScaling | None = None  # rotary positions: made longer afterwards, as Llama 3.1 does
    norm_eps: float | None = None  # what keeps a norm from dividing by 0; None: 1e-5 in LayerNorm, 1e-6 in RMSNorm
    scale_scores: bool = True  # divide scores by √d_head; T5 does not, and starts with smaller queries instead

    n_decoder_layers: int | None = None  # EncoderDecoder: layers of the decoder, if not as many as the encoder's
    n_buckets: int = 32  # relative positions: how many kinds of distances there are, and …
    bucket_far: int = 128  # … from which distance on all are of the same kind
    scale_logits: bool = False  # EncoderDecoder: divide what is unembedded by √d_model (T5, whose embeddings are tied)
    n_segments: int = 0  # BERT: how many segments, such as question and text, have an embedding of their own
    embedding_norm: bool = False  # BERT: a norm right after the embeddings

    @property
    def d_head(self) -> int:
        """The width of one head: `head_width`, or an equal share of the residual stream."""
        return self.d_model // self.n_heads if self.head_width is None else self.head_width

    @property
    def projection_bias(self) -> bool:
        """Whether attention's projections have biases: `attention_bias`, or as all the others."""
        return self.bias if self.attention_bias is None else self.attention_bias

    @property
    def kv_heads(self) -> int:
        """How many heads of keys and values there are: `n_kv_heads`, or as many as there are queries."""
        return self.n_heads if self.n_kv_heads is None else self.n_kv_heads

    @property
    def decoder_layers(self) -> int:
        """Layers of an encoder-decoder's decoder: `n_decoder_layers`, or as many as the encoder has."""
        return self.n_layers if self.n_decoder_layers is None else self.n_decoder_layers

    @property
    def ff_width(self) -> int:
        """`d_ff`, or the customary width: four times d_model, and 8/3 of it for gated layers, whose three matrices
        then hold as many parameters as the two of the others (rounded up to a multiple of 8)."""
        if self.d_ff is not None:
            return self.d_ff
        if self.activation in GATED:
            return -(-8 * self.d_model // 3 // 8) * 8
        return 4 * self.d_model

    def __post_init__(self) -> None:
        for name in ("vocab_size", "context", "d_model", "n_layers", "n_heads"):
            self._check_whole(name)
        for name in ("n_buckets", "bucket_far"):
            self._check_whole(name)
        for name in ("head_width", "n_kv_heads", "d_ff", "n_decoder_layers"):
            if getattr(self, name) is not None:
                self._check_whole(name)
        for name in FLAGS:
            self._check(name, isinstance(getattr(self, name), bool), "must be True or False")
        fine = self.attention_bias is None or isinstance(self.attention_bias, bool)
        self._check("attention_bias", fine, "must be True, False or None")
        for name, choices in CHOICES.items():
            allowed = ", ".join(repr(choice) for choice in choices)
            self._check(name, getattr(self, name) in choices, f"must be one of {allowed}")
        self._check("dropout", is_number(self.dropout) and 0 <= self.dropout < 1, "must be at least 0 and below 1")
        finite = is_number(self.rope_theta) and 0 < self.rope_theta < float("inf")
        self._check("rope_theta", finite, "must be a number above 0")

        if self.rope_scaling is not None:
            object.__setattr__(self, "rope_scaling", checked_scaling(self.rope_scaling))

        finite = self.norm_eps is None or (is_number(self.norm_eps) and 0 < self.norm_eps < 1)
        self._check("norm_eps", finite, "must be a number between 0 and 1, or None")
        whole = isinstance(self.n_segments, int) and not isinstance(self.n_segments, bool) and self.n_segments >= 0
        self._check("n_segments", whole, "must be a whole number, 0 or more")

        fits = self.d_model % self.n_heads == 0 or self.head_width is not None
        self._check("d_model", fits, f"must be a multiple of n_heads={self.n_heads}, unless head_width is given")
        fits = self.n_heads % self.kv_heads == 0
        self._check("n_kv_heads", fits, f"must divide n_heads={self.n_heads}")
        if self.positions == "rotary":
            rule = f"makes heads {self.d_head} wide, but rotary positions turn pairs of dimensions: it must be even"
            self._check("d_model" if self.head_width is None else "head_width", self.d_head % 2 == 0, rule)
        if self.positions == "sinusoidal":
            self._check("d_model", self.d_model % 2 == 0, "must be even: half of the sinusoidal positions are sines")

    def _check(self, name: str, fine: bool, rule: str) -> None:
        if not fine:
            raise ConfigError(f"{name}={getattr(self, name)!r} {rule}")

    def _check_whole(self, name: str) -> None:
        value = getattr(self, name)
        fine = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        self._check(name, fine, "must be a whole number, 1 or more")

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> "ModelConfig":
        """The inverse of `to_dict`. Raises ConfigError for a setting that this version does not know, or lacks."""
        known = [field.name for field in dataclasses.fields(cls)]
        unknown = sorted(set(settings) - set(known))
        if unknown:
            raise ConfigError(f"unknown setting {unknown[0]!r}: a model's settings are {', '.join(known)}")
        if "vocab_size" not in settings:
            raise ConfigError("vocab_size is missing: it has no default")
        if isinstance(settings.get("rope_scaling"), list):  # as JSON has it
            settings = {**settings, "rope_scaling": tuple(settings["rope_scaling"])}
        return cls(**settings)

    def to_json(self) -> str:
        return json.dumps(self.to_dict())


FLAGS = (
    "qk_norm",
    "bias",
    "tie_embeddings",
    "zero_init_outputs",
    "copy_init",
    "scale_scores",
    "scale_logits",
    "embedding_norm",
)
CHOICES: dict[str, tuple[str, ...]] = {
    "positions": get_args(Positions),
    "norm": get_args(Norm),
    "norm_position": get_args(NormPosition),
    "activation": get_args(Activation),
}


def checked_scaling(value: Any) -> RopeScaling:
    """The four numbers as a tuple (JSON makes a list of it). Raises ConfigError for anything else."""
    rule = "must be four numbers: factor of 1 or more, slow below fast, and the context before it was made longer"
    if not isinstance(value, tuple | list) or len(value) != 4 or not all(map(is_number, value)):
        raise ConfigError(f"rope_scaling={value!r} {rule}")
    factor, slow, fast, context = value
    if factor < 1 or not 0 < slow < fast or context < 1:
        raise ConfigError(f"rope_scaling={value!r} {rule}")
    return factor, slow, fast, context


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
