"""Adapter files: what was trained and nothing else, with a fingerprint of the model that it was trained on.

A file of some kilobytes turns one large model into a specialist, and another file turns it into the next. But the
numbers in it are corrections: added to any other model than the one that they correct, they are noise. So the file
knows a hash of all that was frozen, and is refused where that is not what it finds.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.checkpoint import digest
from llmcourse.storage import write_atomically
from llmcourse.training.tuning.bitfit import BitFit
from llmcourse.training.tuning.bottleneck import Adapters
from llmcourse.training.tuning.lora import LoRA, lora_layers
from llmcourse.training.tuning.method import Method, method_of, remove_from, trained_parameters
from llmcourse.training.tuning.prefix import PrefixTuning

FORMAT_VERSION = 1
METHODS: Mapping[str, type[Method]] = {m.name: m for m in (Method, LoRA, Adapters, PrefixTuning, BitFit)}


class AdapterError(CourseError):
    """An adapter that cannot be written, read or used. The message names the file and what is wrong."""


def save_adapter(path: str | Path, model: nn.Module, **notes: Any) -> None:
    """Write the method, its settings and the trained parameters to a safetensors file; the frozen ones stay out.

    `notes`: what else should be remembered (accuracy=0.97). The file appears whole or not at all.
    Raises AdapterError for a model to which nothing was added, or whose LoRA is merged.
    """
    method = method_of(model)
    if method is None:
        raise AdapterError("nothing was added to this model: LoRA(rank=8).add_to(model) first, or use save_model")
    if any(layer.kept is not None for layer in lora_layers(model).values()):
        raise AdapterError("LoRA is merged into the weights of this model: unmerge(model) before you save it")
    tensors = {name: p.detach().cpu().contiguous() for name, p in trained_parameters(model).items()}
    about = {
        "version": FORMAT_VERSION,
        "method": method.name,
        "settings": asdict(method),
        "base": base_fingerprint(model),
        "notes": notes,
    }
    about = json.loads(json.dumps(about))  # as it will be read
    about["digest"] = digest(about, tensors)
    try:
        write_atomically(path, save(tensors, metadata={"llmcourse-adapter": json.dumps(about)}))
    except CourseError as error:
        raise AdapterError(str(error)) from None


def load_adapter(path: str | Path, model: nn.Module) -> dict[str, Any]:
    """Put a saved adapter into the model that it was trained on; returns the notes that were saved with it.

    An adapter that the model has already is taken out first. Raises AdapterError when there is no such file, when it
    is damaged or something else, and when it was trained on another model, which is then left as it was found.
    """
    about, tensors = read_adapter(path)
    if method_of(model) is not None:
        remove_from(model)
    method = METHODS[about["method"]](**about["settings"])
    foreign = f"{path} was trained on another model than this one"
    try:
        with torch.random.fork_rng(devices=[]):  # what is added starts at random; loading shall not move the dice
            method.add_to(model)
    except CourseError as error:
        raise AdapterError(f"{foreign}: {error}") from None
    wanted = {name: tuple(p.shape) for name, p in trained_parameters(model).items()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if wanted != found or base_fingerprint(model) != about["base"]:
        remove_from(model)
        raise AdapterError(f"{foreign}: its base has the fingerprint {about['base'][:8]}; load that model first")
    with torch.no_grad():
        for name, parameter in trained_parameters(model).items():
            parameter.copy_(tensors[name])
    return about["notes"]


def base_fingerprint(model: nn.Module) -> str:
    """SHA-256 over the names, shapes and values of everything that is frozen."""
    return digest({}, {n: p.detach().cpu().contiguous() for n, p in model.named_parameters() if not p.requires_grad})


def read_adapter(path: str | Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What an adapter file says, and its tensors. Raises AdapterError unless it is whole."""
    if not Path(path).is_file():
        raise AdapterError(f"there is no adapter {path}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
    except (SafetensorError, OSError) as error:
        why = str(error).partition("\n")[0]
        raise AdapterError(f"{path} is damaged, or no safetensors file ({why})") from None
    if "llmcourse" in metadata:
        raise AdapterError(f"{path} holds a whole model, not an adapter: read it with load_model")
    if "llmcourse-adapter" not in metadata:
        raise AdapterError(f"{path} is no adapter of this course: it does not say how it was made and for what")
    try:
        about = json.loads(metadata["llmcourse-adapter"])
        if about["version"] > FORMAT_VERSION or about["method"] not in METHODS:
            raise AdapterError(f"{path} was written by a newer llmcourse: update yours to read it")
        whole = about.pop("digest") == digest(about, tensors)
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise AdapterError(f"{path} is damaged: its contents are not what was saved; get or make it again")
    return about, tensors
