"""Real models: weights of the Hugging Face form, in the course's own modules.

    model, tokenizer = from_pretrained("gpt2")                  through huggingface_hub, kept in its cache
    model, tokenizer = from_pretrained("folder/of/a/model")     config.json, *.safetensors, tokenizer.json

What comes back is a GPT, a BERT or an EncoderDecoder as any other: it can be looked into, trained and generated with.
"""

import warnings
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.families import BERT, GPT, EncoderDecoder
from llmcourse.model.hub.bert import BERT as BERT_FAMILY
from llmcourse.model.hub.download import model_folder
from llmcourse.model.hub.entries import Entry, HubError, packed_shape, unpacked
from llmcourse.model.hub.family import HubFamily
from llmcourse.model.hub.files import Weights, read_json
from llmcourse.model.hub.gpt2 import GPT2
from llmcourse.model.hub.llama import CONTEXT, LLAMA
from llmcourse.model.hub.qwen3 import QWEN3
from llmcourse.model.hub.settings import HubConfig
from llmcourse.model.hub.t5 import T5
from llmcourse.model.hub.tensors import check_tensors, left_out, official_names
from llmcourse.model.hub.tokenizer import tokenizer_of

HUB_FAMILIES: dict[str, HubFamily] = {family.model_type: family for family in (GPT2, BERT_FAMILY, T5, LLAMA, QWEN3)}
AnyModel: TypeAlias = GPT | BERT | EncoderDecoder


def from_pretrained(
    name: str | Path, dtype: torch.dtype | str = torch.float32, context: int | None = None, revision: str | None = None
) -> tuple[Any, Tokenizer]:
    """A model and its tokenizer, from a folder or by its name on the Hugging Face Hub. The model is on the CPU and in
    evaluation mode.

    dtype:    of the weights in memory; "auto" keeps that of the file (bfloat16 takes half the memory of float32)
    context:  the longest text; by default the file's, but at most 4,096 tokens where positions are rotated
    revision: of the Hub's repository: a branch, tag or commit

    Raises HubError, in one line, for a folder without a model, an architecture or setting that the course's parts do
    not know, a tensor that is missing, unknown or of another shape, and a name that cannot be fetched.
    """
    folder = model_folder(name, revision)
    return model_from_folder(folder, dtype, context), tokenizer_of(folder)


def model_from_folder(folder: str | Path, dtype: torch.dtype | str = torch.float32, context: int | None = None) -> Any:
    """The model alone, without a tokenizer. The arguments and errors are those of `from_pretrained`."""
    if not isinstance(dtype, torch.dtype) and dtype != "auto":
        raise HubError(f'dtype={dtype!r} must be a type of PyTorch\'s, such as torch.bfloat16, or "auto"')
    folder = Path(folder)
    settings = read_json(folder / "config.json")
    family = family_for(settings)
    weights = Weights(folder)
    try:
        config = with_context(model_config(settings, weights), context)
        table = family.entries(config)
        with torch.device("meta"):  # shapes without numbers: nothing is drawn at random to be thrown away
            model = family.model(config)
        places = official_names(family, table, weights)
        parts, absent = left_out(family, places)
        table = [row for row in table if not row.theirs.startswith(tuple(absent) or "-")]
        found = {theirs: weights.shape(name) for theirs, name in places.items()}
        check_tensors(family, wanted_shapes(model, table), found, places)
        check_tied(table, places, weights, config)
        fill(model, table, places, weights, dtype)
    finally:
        weights.close()
    start_anew(model, parts)
    return model.eval()


def empty_model(settings: dict[str, Any], context: int | None = None) -> Any:
    """The model that a `config.json` describes, of shapes without numbers: to count a billion parameters without the
    memory for them. `context` as in `from_pretrained`. Raises HubError."""
    config = with_context(model_config(settings), context)
    with torch.device("meta"):
        return family_for(settings).model(config)


def family_for(settings: dict[str, Any]) -> HubFamily:
    """Raises HubError for an architecture that is none of ours, and names it."""
    kind, architectures = settings.get("model_type"), settings.get("architectures") or []
    if kind not in HUB_FAMILIES:
        known = ", ".join(HUB_FAMILIES)
        raise HubError(f"config.json: model_type={kind!r} is none that the course can build: it knows {known}")
    if settings.get("quantization_config"):
        raise HubError("config.json: quantization_config: these weights are squeezed into few bits; get the plain ones")
    family = HUB_FAMILIES[kind]
    wrong = [name for name in architectures if name not in family.architectures]
    if wrong:
        known = ", ".join(family.architectures)
        raise HubError(
            f"config.json: the architecture {wrong[0]!r} is none that the course can build: of {kind}, it knows {known}"
        )
    return family


def model_config(settings: dict[str, Any], names: Any = ()) -> ModelConfig:
    """A `config.json` as a ModelConfig. `names`: of the tensors, where there are any. Raises HubError."""
    family = family_for(settings)
    try:
        return family.config_from(HubConfig(settings), names)
    except HubError:
        raise
    except CourseError as error:
        raise HubError(f"config.json ({family.model_type}) describes a model that cannot be: {error}") from None


def with_context(config: ModelConfig, context: int | None) -> ModelConfig:
    """The config with the context that is asked for, or a sensible one."""
    if context is None:
        context = min(config.context, CONTEXT) if config.positions == "rotary" else config.context
    elif config.positions == "learned" and context != config.context:
        raise HubError(f"this model has learned {config.context} positions: its context cannot be {context}")
    return ModelConfig.from_dict({**config.to_dict(), "context": context})


def wanted_shapes(model: nn.Module, table: list[Entry]) -> dict[str, tuple[int, ...]]:
    """The shape that each tensor of a file must have to fill this model."""
    shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    return {row.theirs: packed_shape([shapes[name] for name in row.ours], row.transposed) for row in table}


def check_tied(table: list[Entry], places: dict[str, str], weights: Weights, config: ModelConfig) -> None:
    """Raises HubError for a second table of words where the config says that there is one alone."""
    if config.tie_embeddings and "lm_head.weight" in places:
        one = next(row.theirs for row in table if row.ours == ("token_embedding.weight",))
        if not torch.equal(weights[places["lm_head.weight"]], weights[places[one]]):
            raise HubError("its config says tie_word_embeddings=true, but 'lm_head.weight' is not the embedding")


def fill(
    model: nn.Module, table: list[Entry], places: dict[str, str], weights: Weights, dtype: torch.dtype | str
) -> None:
    """Give the model's parameters the numbers of the file, and tie again what was one."""
    for row in table:
        tensor = weights[places[row.theirs]]
        for name, part in zip(row.ours, unpacked(tensor, row.transposed, len(row.ours)), strict=True):
            own = torch.empty(part.shape, dtype=part.dtype if isinstance(dtype, str) else dtype)
            set_parameter(model, name, own.copy_(part))  # memory of its own: the file may be written over later
    if model.config.tie_embeddings:  # type: ignore[union-attr]
        model.unembedding.weight = model.token_embedding.weight  # type: ignore[union-attr]
    model.to(dtype=next(p for p in model.parameters() if not p.is_meta).dtype)  # computed tables, too


def set_parameter(model: nn.Module, name: str, value: Tensor) -> None:
    owner, _, last = name.rpartition(".")
    setattr(model.get_submodule(owner), last, nn.Parameter(value))


def start_anew(model: Any, parts: list[str]) -> None:
    """Parts that this architecture does not have get new weights, and a warning says so."""
    for part in parts:
        for name, parameter in list(getattr(model, part).named_parameters()):
            if parameter.is_meta:
                new = torch.empty(parameter.shape, dtype=model.token_embedding.weight.dtype)
                matrix = new.ndim == 2
                new = new.normal_(0, 0.02) if matrix else new.fill_(float("norm.weight" in name))
                set_parameter(model, f"{part}.{name}", new)
    if parts:
        names = " and ".join(f"model.{part}" for part in parts)
        warnings.warn(f"the file holds no {names}: new weights are there, to be trained before use", stacklevel=4)
