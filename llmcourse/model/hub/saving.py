"""The way back: a model of the course as a folder that `transformers` loads."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.hub.entries import HubError, packed
from llmcourse.model.hub.family import HubFamily
from llmcourse.model.hub.files import INDEX, ONE_FILE
from llmcourse.model.hub.loading import HUB_FAMILIES, AnyModel
from llmcourse.storage import write_atomically

SHARD = 5_000_000_000  # bytes in one file, as others do


def save_pretrained(
    folder: str | Path,
    model: AnyModel,
    tokenizer: Tokenizer | None = None,
    model_type: str | None = None,
    shard_bytes: int = SHARD,
) -> None:
    """Write config.json, safetensors and, if given, tokenizer.json into a folder that `transformers` can load.

    `model_type`: "gpt2", "bert", "t5", "llama" or "qwen3"; the first that can hold this model if you leave it out.
    A model without biases gets biases of 0 where the family has some, and ReLU² becomes the gate that it equals.
    Weights of more than `shard_bytes` go to several files with an index.
    Raises HubError for a model that no family (or not this one) can hold, and names the setting.
    """
    family, config = family_and_config(model, model_type)
    tensors = {name: tensor.contiguous() for name, tensor in their_tensors(model, family, config).items()}
    dtype = str(model.token_embedding.weight.dtype).removeprefix("torch.")
    settings = {"model_type": family.model_type, "architectures": [family.architectures[0]], "torch_dtype": dtype,
                **family.config_to(config), **special_ids(tokenizer, family)}  # fmt: skip
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in (folder / INDEX, *folder.glob("model*.safetensors")):  # of a model that was here before
            old.unlink(missing_ok=True)
        write_weights(folder, tensors, shard_bytes)
        write_json(folder / "config.json", settings)
        if tokenizer is not None:
            tokenizer.save(folder / "tokenizer.json")
            write_json(folder / "tokenizer_config.json", tokenizer_settings(tokenizer))
    except (OSError, CourseError) as error:
        raise HubError(f"cannot write the model to {folder}: {error}") from None


def family_and_config(model: AnyModel, model_type: str | None) -> tuple[HubFamily, ModelConfig]:
    """The family that can hold this model, and its config there. Raises HubError."""
    if model_type is not None and model_type not in HUB_FAMILIES:
        raise HubError(f"model_type={model_type!r} is unknown: choose of {', '.join(HUB_FAMILIES)}")
    candidates = [HUB_FAMILIES[model_type]] if model_type else list(HUB_FAMILIES.values())
    candidates = [family for family in candidates if family.model is type(model)]
    if not candidates:
        raise HubError(f"a {type(model).__name__} cannot be written as {model_type}")
    complaints = []
    for family in candidates:
        try:
            return family, family.nearest(model.config)
        except HubError as error:
            complaints.append(str(error))
    raise HubError(complaints[0] if len(complaints) == 1 else f"no family can hold this model: {'; '.join(complaints)}")


@torch.no_grad()
def their_tensors(model: AnyModel, family: HubFamily, config: ModelConfig) -> dict[str, Tensor]:
    """Our parameters under their names, packed and turned as theirs are."""
    ours = {name: parameter.detach().cpu() for name, parameter in model.named_parameters()}
    with torch.device("meta"):
        shapes = {name: parameter.shape for name, parameter in family.model(config).named_parameters()}
    whole = {}
    for name, shape in shapes.items():
        if name in ours:
            whole[name] = ours[name]
        elif name.endswith(".gate.weight"):  # relu(u) · u = relu(u)²: the gate is the very thing that it opens
            whole[name] = ours[name.replace(".gate.", ".up.")].clone()
        elif name.endswith("bias"):
            whole[name] = torch.zeros(shape, dtype=model.token_embedding.weight.dtype)
        else:
            raise HubError(f"this model lacks {name!r}, which a {family.model_type} has")
    return {row.theirs: packed([whole[name] for name in row.ours], row.transposed) for row in family.entries(config)}


def write_weights(folder: Path, tensors: dict[str, Tensor], shard_bytes: int) -> None:
    shards: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        if size and size + tensor.nbytes > shard_bytes:
            shards.append({})
            size = 0
        shards[-1][name] = tensor
        size += tensor.nbytes
    if len(shards) == 1:
        write_atomically(folder / ONE_FILE, save(shards[0], metadata={"format": "pt"}))
        return
    home: dict[str, str] = {}
    for number, shard in enumerate(shards, start=1):
        file = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        write_atomically(folder / file, save(shard, metadata={"format": "pt"}))
        home |= dict.fromkeys(shard, file)
    total = sum(tensor.nbytes for tensor in tensors.values())
    write_json(folder / INDEX, {"metadata": {"total_size": total}, "weight_map": home})


def special_ids(tokenizer: Tokenizer | None, family: HubFamily) -> dict[str, Any]:
    """The ids that generation starts and ends with. Without a tokenizer none is written: `transformers` has its own."""
    ids: dict[str, Any] = {}
    for role in ("pad", "bos", "eos"):
        try:
            ids[f"{role}_token_id"] = getattr(tokenizer, f"{role}_id", None)
        except CourseError:  # this tokenizer has none
            ids[f"{role}_token_id"] = None
    if family.model_type == "t5":
        ids["decoder_start_token_id"] = 0 if ids["pad_token_id"] is None else ids["pad_token_id"]
    return ids


def tokenizer_settings(tokenizer: Tokenizer) -> dict[str, Any]:
    """The `tokenizer_config.json` that lets `AutoTokenizer` read the file beside it."""
    settings: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast"}
    for role, id in special_ids(tokenizer, HUB_FAMILIES["gpt2"]).items():
        if id is not None:
            settings[role.removesuffix("_id")] = tokenizer.vocabulary[id]
    return settings


def write_json(path: Path, content: dict[str, Any]) -> None:
    write_atomically(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))
