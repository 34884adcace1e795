"""What one architecture of the Hugging Face Hub is to us. Each file beside this one describes one of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from llmcourse.model.config import ModelConfig
from llmcourse.model.families import BERT, GPT, EncoderDecoder
from llmcourse.model.hub.entries import Entry, HubError
from llmcourse.model.hub.settings import HubConfig


@dataclass(frozen=True)
class HubFamily:
    """How to read and write the models of one `model_type`."""

    model_type: str
    architectures: tuple[str, ...]  # the first of them is what we write
    model: type[GPT] | type[BERT] | type[EncoderDecoder]
    config_from: Callable[[HubConfig, Collection[str]], ModelConfig]  # the names of the tensors tell a few things too
    config_to: Callable[[ModelConfig], dict[str, Any]]
    entries: Callable[[ModelConfig], list[Entry]]
    nearest: Callable[[ModelConfig], ModelConfig]  # the config of this family that computes the same; or HubError
    prefix: str = ""  # what a file made from the bare model, without a head, leaves out of its names
    ignored: tuple[str, ...] = ()  # patterns of tensors that are there and not needed: masks, copies, other heads
    renamed: tuple[tuple[str, str], ...] = ()  # endings as older files spell them, and as they are spelled now
    optional: tuple[tuple[str, str], ...] = ()  # (part of ours, prefix of theirs) that some architectures leave out


def demand(config: ModelConfig, family: str, **wanted: Any) -> None:
    """Raises HubError for the first setting that this family cannot have."""
    for name, value in wanted.items():
        allowed = value if isinstance(value, tuple) else (value,)
        found = getattr(config, name)
        if found not in allowed:
            need = " or ".join(map(repr, allowed))
            raise HubError(f"this model cannot be written as {family}: its {name} is {found!r}, and must be {need}")
