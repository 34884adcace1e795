"""A model by its name: fetched from the Hugging Face Hub, or found where an earlier fetch has left it.

Nothing is asked of the network unless you name a model that is not on this machine.
"""

import re
from pathlib import Path

from llmcourse.model.hub.entries import HubError

WANTED = ["config.json", "*.safetensors", "model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json"]
NAME = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)


def model_folder(name: str | Path, revision: str | None = None) -> Path:
    """The folder itself, or the one in the Hub's cache that holds the model of this name. Raises HubError."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if isinstance(name, Path) or not NAME.fullmatch(name) or name.startswith((".", "/")):
        raise HubError(f"there is no folder {name}: give the folder of a model, or a name such as 'gpt2'")
    return cached(name, revision) or fetched(name, revision)


def cached(name: str, revision: str | None = None) -> Path | None:
    """The folder of a model that was fetched before, or None. Asks nobody."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=WANTED, local_files_only=True))
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
        return None
    except HFValidationError as error:
        raise HubError(f"{name!r} is no name of a model: {str(error).partition(':')[0]}") from None
    complete = (folder / "config.json").is_file() and (folder / "tokenizer.json").is_file()
    return folder if complete and any(folder.glob("*.safetensors")) else None


def fetched(name: str, revision: str | None = None) -> Path:
    """The folder of a model, fetched now. Raises HubError, in one line that says what to do."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    elsewhere = f"or copy its folder here from another machine and give the folder in place of {name!r}"
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=WANTED, etag_timeout=10))
    except GatedRepoError:
        raise HubError(
            f"{name!r} is given only to those who have agreed to its licence: do so on its page, log in with "
            f"`hf auth login`, {elsewhere}"
        ) from None
    except RepositoryNotFoundError:
        raise HubError(f"there is neither a folder nor a public model called {name!r}: check the name") from None
    except Exception as error:  # of the network, the disk, the Hub: of many libraries, and to the reader all the same
        reason = type(error).__name__
        raise HubError(
            f"{name!r} is not on this machine and cannot be fetched ({reason}): connect to the network, {elsewhere}"
        ) from None
