"""The files of a model's folder: a `config.json`, and weights in one safetensors file or in several, with an index.

Weights are read one tensor at a time, so that no second copy of them all is in memory. A `.bin` or `.pt` file is a
pickle, which can run any program when it is opened: it is refused.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from llmcourse.model.hub.entries import HubError

ONE_FILE, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = ("*.bin", "*.bin.index.json", "*.pt", "*.pth", "*.ckpt")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises HubError where there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise HubError(f"{path.parent} has no {path.name}: is it the folder of a model?") from None
    except OSError as error:
        raise HubError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise HubError(f"{path} is damaged: it is no JSON ({str(error)[:100]})") from None
    if not isinstance(content, dict):
        raise HubError(f"{path} must hold names and values, and holds a {type(content).__name__}")
    return content


class Weights(Mapping[str, Tensor]):
    """The tensors of a folder by their names, each read when it is asked for.

    Raises HubError for a folder without weights, with a pickle in their place, or with a shard missing.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.files: dict[str, Any] = {}  # of each shard that was opened
        try:
            self.home = self._sharded() if (folder / INDEX).is_file() else self._single()
        except HubError:
            self.close()
            raise

    def _single(self) -> dict[str, str]:
        if not (self.folder / ONE_FILE).is_file():
            pickles = sorted(file.name for pattern in PICKLES for file in self.folder.glob(pattern))
            if pickles:
                raise HubError(
                    f"{self.folder} has its weights in {pickles[0]}, for Python's `pickle`, which runs any program in "
                    f"it when it is read: get {ONE_FILE} of this model, or convert it where you trust it"
                )
            raise HubError(f"{self.folder} has no weights: there is neither {ONE_FILE} nor {INDEX}")
        return dict.fromkeys(self._open(ONE_FILE).keys(), ONE_FILE)

    def _sharded(self) -> dict[str, str]:
        home = read_json(self.folder / INDEX).get("weight_map")
        if not isinstance(home, dict) or not all(isinstance(file, str) for file in home.values()):
            raise HubError(f"{self.folder / INDEX} is damaged: its weight_map does not say which tensor is where")
        for file in sorted(set(home.values())):
            if Path(file).name != file or not file.endswith(".safetensors"):
                raise HubError(f"{self.folder / INDEX} names {file!r}, which is no safetensors file of this folder")
            there = set(self._open(file).keys())
            for name in sorted(name for name in home if home[name] == file):
                if name not in there:
                    raise HubError(f"{INDEX} says that {name!r} is in {file}, and it is not there: get the files again")
        return home

    def _open(self, file: str) -> Any:
        if file not in self.files:
            path = self.folder / file
            if not path.is_file():
                raise HubError(f"{self.folder} lacks {file}, which {INDEX} names: the download is not complete")
            try:
                self.files[file] = safe_open(path, framework="pt").__enter__()
            except (SafetensorError, OSError) as error:
                reason = str(error).partition("\n")[0]
                raise HubError(f"{path} is damaged, or no safetensors file ({reason})") from None
        return self.files[file]

    def __getitem__(self, name: str) -> Tensor:
        return self._open(self.home[name]).get_tensor(name)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor, from the file's header alone."""
        return tuple(self._open(self.home[name]).get_slice(name).get_shape())

    def __contains__(self, name: object) -> bool:
        return name in self.home

    def __iter__(self) -> Iterator[str]:
        return iter(self.home)

    def __len__(self) -> int:
        return len(self.home)

    def close(self) -> None:
        """Let go of the files (Windows lets nobody replace a file that is open)."""
        for file in self.files.values():
            file.__exit__(None, None, None)
        self.files = {}
