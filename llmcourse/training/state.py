"""Checkpoints of a training run: stop it, lose the machine, and go on as if nothing had happened.

To repeat what would have come next, bit for bit, one needs the weights, what the optimizer remembers of each of them,
and the place in the data. What dropout drops needs no saving, since each step seeds the random numbers by its number,
and the order of the data is computed from a seed and the number of the epoch.

All of it is one safetensors file: tensors by name, and a JSON text in its header for everything else. Loading one
runs no code, whoever wrote it.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from llmcourse.model.checkpoint import CheckpointError, digest
from llmcourse.storage import write_atomically
from llmcourse.training.config import MAY_CHANGE, TrainConfig
from llmcourse.training.distributed import dealt_like, whole
from llmcourse.training.run import History, Run

FORMAT = "llmcourse-training-1"


class TrainingStateError(CheckpointError):
    """A file that no run can be resumed from, or not this one; the message says why."""


def save_state(path: str | Path, run: Run) -> None:
    """Save everything that the run needs to go on, whole or not at all. Call it between two steps."""
    notes = {
        "format": FORMAT,
        "step": run.step,
        "config": asdict(run.config),
        "batches": run.batches.state(),
        "history": asdict(run.history),
    }
    tensors = {name: whole(tensor.detach()).cpu().contiguous() for name, tensor in tensors_of(run).items()}
    if run.team.leads:  # each process has given its share of the tensors; one of them writes
        notes["digest"] = digest(notes, tensors)
        write_atomically(path, save(tensors, metadata={"training": json.dumps(notes)}))
    run.team.wait()


def load_state(path: str | Path, run: Run) -> None:
    """Put the run where the saved one was. Raises TrainingStateError, and changes nothing, if the file does not fit."""
    tensors, notes = read_state(path)
    ours = json.loads(json.dumps(asdict(run.config)))  # as JSON has it: lists for tuples
    # A setting that is newer than the file was, when the file was written, at its default.
    theirs = asdict(TrainConfig(steps=1)) | notes["config"]
    different = [name for name in ours if name not in MAY_CHANGE and ours[name] != theirs.get(name)]
    if different:
        name = different[0]
        raise TrainingStateError(
            f"{path} was saved with {name}={theirs.get(name)!r}, this run has {ours[name]!r}: "
            "resume with the settings of the saved run"
        )
    expected = {name: parameter.shape for name, parameter in weights_of(run).items()}
    found = {name: tensor.shape for name, tensor in tensors.items() if name.startswith("model.")}
    if expected != found:
        name = next(n for n in sorted({*expected, *found}) if expected.get(n) != found.get(n))
        raise TrainingStateError(f"{path} is of another model ({name} differs): resume with the model of the saved run")
    run.batches.restore(notes["batches"])
    with torch.no_grad():
        for name, weight in weights_of(run).items():
            weight.copy_(dealt_like(tensors[name], weight))
    restore_optimizers(run, tensors)
    run.step = notes["step"]
    validation = [(step, loss) for step, loss in notes["history"]["validation"]]
    run.history = History(**{**notes["history"], "validation": validation, "interrupted": False})


def read_state(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the notes of a saved run. Raises TrainingStateError for a missing, damaged or foreign file."""
    path = Path(path)
    if not path.is_file():
        raise TrainingStateError(f"there is no checkpoint at {path}: leave out resume to start from the beginning")
    try:
        with safe_open(path, framework="pt") as file:
            notes = json.loads((file.metadata() or {}).get("training", "{}"))
            # Copies: what `get_tensor` returns may still be a view of the file, which the next save replaces.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (it is no dict)
    except (SafetensorError, OSError, ValueError) as error:
        raise TrainingStateError(f"{path} cannot be read as a checkpoint: {str(error).splitlines()[0]}") from None
    if notes.get("format") != FORMAT:
        raise TrainingStateError(f"{path} is not a training checkpoint of this version ({FORMAT})")
    if notes.pop("digest", None) != digest(notes, tensors):
        raise TrainingStateError(f"{path} is damaged: its contents are not what was saved; use an older checkpoint")
    return tensors, notes


def weights_of(run: Run) -> dict[str, Tensor]:
    """The model's parameters and persistent buffers; a tied parameter, which has two names, only once."""
    parameters = dict(run.model.named_parameters())
    kept = run.model.state_dict().keys()
    buffers = {name: buffer for name, buffer in run.model.named_buffers() if name in kept}
    return {f"model.{name}": tensor for name, tensor in {**parameters, **buffers}.items()}


def tensors_of(run: Run) -> dict[str, Tensor]:
    """Every tensor of the run by name: `model.<name>` and `optimizer.<number>.<parameter's number>.<name>`."""
    tensors = weights_of(run)
    for number, optimizer in enumerate(run.optimizers):
        for index, memory in optimizer.state_dict()["state"].items():
            for name, tensor in memory.items():
                tensors[f"optimizer.{number}.{index}.{name}"] = tensor
    return tensors


def restore_optimizers(run: Run, tensors: dict[str, Tensor]) -> None:
    """Give every optimizer its memory back; its settings and parameters it has from the run itself."""
    for number, optimizer in enumerate(run.optimizers):
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        state: dict[int, dict[str, Tensor]] = {}
        for key, tensor in tensors.items():
            if key.startswith(f"optimizer.{number}."):
                _, _, index, name = key.split(".")
                parameter = parameters[int(index)]
                is_average = tensor.shape == parameter.shape  # a step count is no average, and each process has it
                memory = dealt_like(tensor, parameter) if is_average else tensor
                state.setdefault(int(index), {})[name] = memory
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
