"""Checkpoints: a model and its tokenizer in one file that any machine can read, and that can only be read.

The format is safetensors: a JSON header, then the numbers. Nothing in it is ever executed (a pickle, as `torch.load`
reads, can run any program). One entry of its metadata, "llmcourse", holds what else a model needs: the family
("gpt", "bert" or "encoder_decoder"; a file that names none holds a GPT), the config, the tokenizer, notes, the version
of this format, and a digest of it all that tells a damaged file from a whole one. A model with a new head for a task
says what kind it is and how the head was made, too.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, overload

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from llmcourse.corpus.files import data_folder
from llmcourse.corpus.tokenizers import Tokenizer, tokenizer_from_json
from llmcourse.errors import CourseError
from llmcourse.model.bert import BERT
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.model.config import ModelConfig
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.families import FAMILIES, LanguageModel, family_of
from llmcourse.model.gpt import GPT
from llmcourse.model.span_head import SpanReader
from llmcourse.model.task_model import TaskModel
from llmcourse.storage import write_atomically

FORMAT_VERSION = 1
Kind = TypeVar("Kind", GPT, BERT, EncoderDecoder, SequenceClassifier, SpanReader)
#: Models with a head for a task, by the name that a checkpoint has for them.
TASK_MODELS: dict[str, type[SequenceClassifier] | type[SpanReader]] = {
    "SequenceClassifier": SequenceClassifier,
    "SpanReader": SpanReader,
}


class CheckpointError(CourseError):
    """A checkpoint that cannot be written or read. The message names the file and what is wrong with it."""


def save_model(path: str | Path, model: LanguageModel | TaskModel, tokenizer: Tokenizer, **notes: Any) -> None:
    """Write a model of any family, or one with a head for a task, and its tokenizer to one file.

    `notes` go with it: whatever JSON can hold (loss=0.25, steps=9).

    The file appears whole or not at all: when writing is interrupted, an older one of that name is still there.
    The same model gives the same bytes. Raises CheckpointError when the file cannot be written.
    """
    path = Path(path)
    try:
        notes = json.loads(json.dumps(notes))  # as they will be read
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"the notes for {path} must be numbers, texts, lists or dicts: {error}") from None
    # A tied matrix has two names in the model, and is here once.
    tensors = {name: weight.detach().cpu().contiguous() for name, weight in model.named_parameters()}
    about = {
        "version": FORMAT_VERSION,
        "config": model.config.to_dict(),
        "tokenizer": tokenizer.to_json(),
        "notes": notes,
    }
    backbone = model.backbone if isinstance(model, TaskModel) else model
    if not isinstance(backbone, GPT):
        about["family"] = family_of(backbone)
    if isinstance(model, TaskModel):
        about["task"] = {"kind": type(model).__name__, "settings": model.settings}
    about["digest"] = digest(about, tensors)
    content = save(tensors, metadata={"llmcourse": json.dumps(about, ensure_ascii=False)})
    try:
        write_atomically(path, content)
    except (CourseError, OSError) as error:
        raise CheckpointError(str(error)) from None


@overload
def load_model(path: str | Path) -> tuple[GPT, Tokenizer]: ...


@overload
def load_model(path: str | Path, family: type[Kind]) -> tuple[Kind, Tokenizer]: ...


def load_model(path: str | Path, family: Any = GPT) -> tuple[Any, Tokenizer]:
    """Read what `save_model` wrote; the model comes back on the CPU and in evaluation mode.

    `family`: the class of the model that you expect: GPT, BERT or EncoderDecoder, SequenceClassifier or SpanReader.

    Raises CheckpointError when there is no such file, or it is damaged, of another program, of a newer version, or
    of another family.
    """
    checkpoint = read_checkpoint(path)
    check_family(checkpoint, family, path)
    try:
        with torch.random.fork_rng(devices=[]):  # a new model draws weights; loading one shall not move the dice
            model = FAMILIES[checkpoint.family](ModelConfig.from_dict(checkpoint.config))
            if checkpoint.task:
                model = family(model, **checkpoint.task["settings"])
        tokenizer = tokenizer_from_json(checkpoint.tokenizer)
    except CourseError as error:
        raise CheckpointError(f"{path} holds a model that this version of llmcourse cannot make: {error}") from None
    fill(model, checkpoint.tensors, path)
    return model.eval(), tokenizer


def load_notes(path: str | Path) -> dict[str, Any]:
    """The notes that were saved with a model."""
    return read_checkpoint(path).notes


#: The pretrained models that come with the course, and their families.
SHIPPED: dict[str, str] = {"gpt-world": "gpt", "bert-world": "bert", "encoder-decoder-world": "encoder_decoder"}
#: The tuned ones, and the task for which `llmcourse tune` tunes them.
TUNED: dict[str, str] = {"chat-world": "chat", "sentiment-world": "sentiment", "answers-world": "answers"}


@overload
def pretrained(name: str = "gpt-world") -> tuple[GPT, Tokenizer]: ...


@overload
def pretrained(name: str, family: type[Kind]) -> tuple[Kind, Tokenizer]: ...


def pretrained(name: str = "gpt-world", family: Any = GPT) -> tuple[Any, Tokenizer]:
    """A model that comes with the course, and its tokenizer: "gpt-world", "bert-world" or "encoder-decoder-world";
    with a head for a task, "sentiment-world" (a SequenceClassifier) or "answers-world" (a SpanReader).

    `family`: the class of the model that you expect, as in `load_model`. Raises CheckpointError when it is not there,
    or is of another family.
    """
    folder = data_folder() / "checkpoints"
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in folder.glob("*.safetensors"))) or "none"
        command = f"tune {TUNED[name]}" if name in TUNED else "pretrain"
        if SHIPPED.get(name, "gpt") != "gpt":
            command += f" --family {SHIPPED[name]}"
        known = name in SHIPPED or name in TUNED
        mend = f'make it with: llmcourse {command} --out "{path}"' if known else f"there are: {there}"
        raise CheckpointError(f"no pretrained model called {name!r} came with the course; {mend}")
    return load_model(path, family)


@dataclass
class Checkpoint:
    """The parts of a checkpoint file, proven to be whole."""

    config: dict[str, Any]
    tokenizer: str
    notes: dict[str, Any]
    tensors: dict[str, Tensor]
    family: str = "gpt"
    task: dict[str, Any] | None = None  # the kind of a model with a head for a task, and the settings of the head


def read_checkpoint(path: str | Path) -> Checkpoint:
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}")
    try:
        with safe_open(path, framework="pt") as file:
            written = (file.metadata() or {}).get("llmcourse")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is damaged, or no safetensors file ({first_line(error)})") from None
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror or error}") from None
    if written is None:
        raise CheckpointError(f"{path} was not written by llmcourse: it has weights, but no config and no tokenizer")
    try:
        about = json.loads(written)
        check_version(about["version"], path)
        whole = about.pop("digest") == digest(about, tensors)
        family = str(about.get("family", "gpt"))
        checkpoint = Checkpoint(about["config"], about["tokenizer"], about["notes"], tensors, family, about.get("task"))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise CheckpointError(f"{path} is damaged: its contents are not what was saved; get or make it again")
    return checkpoint


def check_family(found: Checkpoint, wanted: type, path: str | Path) -> None:
    if found.family not in FAMILIES:
        known = ", ".join(map(repr, FAMILIES))
        raise CheckpointError(f"{path} holds a model of the family {found.family!r}, and this llmcourse knows {known}")
    if found.task and found.task.get("kind") not in TASK_MODELS:
        known = ", ".join(map(repr, TASK_MODELS))
        raise CheckpointError(f"{path} holds a {found.task.get('kind')!r}, and this llmcourse knows {known}")
    kind = TASK_MODELS[found.task["kind"]] if found.task else FAMILIES[found.family]
    if not issubclass(wanted, kind):
        name = kind.__name__
        raise CheckpointError(f"{path} holds a model of the family {name}: read it with load_model(path, {name})")


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def check_version(version: int, path: Path) -> None:
    if version > FORMAT_VERSION:
        known = f"this llmcourse knows versions up to {FORMAT_VERSION}"
        raise CheckpointError(f"{path} has format version {version}, {known}: update llmcourse to read it")


def digest(about: dict[str, Any], tensors: dict[str, Tensor]) -> str:
    """SHA-256 over all that a checkpoint says and all its numbers."""
    total = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().data)
    return total.hexdigest()


@torch.no_grad()
def fill(model: LanguageModel | TaskModel, tensors: dict[str, Tensor], path: str | Path) -> None:
    """Copy the tensors into the model's parameters. Raises CheckpointError when names or shapes do not fit."""
    parameters = dict(model.named_parameters())
    for name in sorted(parameters.keys() ^ tensors.keys()):
        where = "lacks" if name in parameters else "has, beyond what its config asks for,"
        raise CheckpointError(f"{path} {where} the weights {name!r}")
    for name, parameter in parameters.items():
        found, wanted = tuple(tensors[name].shape), tuple(parameter.shape)
        if found != wanted:
            raise CheckpointError(f"{path}: the weights {name!r} have shape {found}, its config asks for {wanted}")
        parameter.copy_(tensors[name])
