"""The tokenizer that belongs to a folder, with the special tokens that the folder names."""

from pathlib import Path
from typing import Any

from llmcourse.corpus.tokenizers import LibraryTokenizer, Tokenizer, tokenizer_from_json
from llmcourse.errors import CourseError
from llmcourse.model.hub.entries import HubError
from llmcourse.model.hub.files import read_json

ROLES = {"pad": ("pad_token",), "bos": ("bos_token", "cls_token"), "eos": ("eos_token", "sep_token")}


def tokenizer_of(folder: Path) -> Tokenizer:
    """The tokenizer of `tokenizer.json`: the course's own where it is byte-level BPE that our parts can do, else the
    `tokenizers` library's behind the course's interface. Raises HubError where there is no such file."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise HubError(f"{folder} has no tokenizer.json: save one there, or read the model alone, model_from_folder")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    try:
        tokenizer = tokenizer_from_json(text)
    except CourseError:
        tokenizer = LibraryTokenizer(text)  # says what is wrong, if it is no tokenizer at all
    return tokenizer.with_roles(**named_roles(folder, tokenizer))


def named_roles(folder: Path, tokenizer: Tokenizer) -> dict[str, str | None]:
    """Which tokens begin, end and pad a text, as far as `tokenizer_config.json` says."""
    path = folder / "tokenizer_config.json"
    settings = read_json(path) if path.is_file() else {}
    roles: dict[str, str | None] = {}
    for role, names in ROLES.items():
        for name in names:
            token: Any = settings.get(name)
            token = token.get("content") if isinstance(token, dict) else token
            if role not in roles and isinstance(token, str) and token in tokenizer.vocabulary:
                roles[role] = token
    return roles
