"""Which parts of a model are meant: names and patterns, as `print(model)` shows them.

    "w_q"                     every layer of that name, wherever it stands
    "blocks.*"                everything inside the blocks, also of a model that is itself a part of another
    "blocks.0.attention.*"    the attention of the first block

A pattern may begin at any dot of a name, and has to reach to its end; * stands for anything. But what is the whole name
of a part means that part alone: "head" is the model's own, and not also that of a model inside it.
"""

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from torch import nn

from llmcourse.errors import CourseError


def fits(name: str, pattern: str) -> bool:
    """Whether the pattern means the part of this name."""
    return fnmatchcase(f".{name}", f"*.{pattern}")


def choose(names: Iterable[str], patterns: Sequence[str], kind: str) -> list[str]:
    """The names that at least one pattern fits, in their own order. Raises CourseError for a pattern that fits none.

    `kind`: what the names are of, for the message: "linear layer".
    """
    if isinstance(patterns, str):
        raise CourseError(f"patterns are a list: write [{patterns!r}] and not {patterns!r}")
    known = list(names)
    chosen: set[str] = set()
    for pattern in patterns:
        found = [pattern] if pattern in known else [name for name in known if fits(name, pattern)]
        if not found:
            raise CourseError(f"no {kind} is called {pattern!r}; {nearest(pattern, known)}")
        chosen.update(found)
    return [name for name in known if name in chosen]


def nearest(pattern: str, known: Sequence[str]) -> str:
    """What could have been meant."""
    last_parts = list(dict.fromkeys(name.rpartition(".")[2] for name in known))
    found = difflib.get_close_matches(pattern, [*last_parts, *known], n=3, cutoff=0.5)
    if found:
        return f"near to it: {', '.join(found)}"
    return f"there are: {', '.join(last_parts[:8])}" if known else "this model has none"


def linear_layers(model: nn.Module, patterns: Sequence[str] = ("*",)) -> dict[str, nn.Linear]:
    """The linear layers that the patterns mean, by name. Raises CourseError for a pattern that fits none of them."""
    layers = {name: part for name, part in model.named_modules() if isinstance(part, nn.Linear)}
    return {name: layers[name] for name in choose(layers, patterns, "linear layer")}


def replace_part(model: nn.Module, name: str, part: nn.Module) -> None:
    """Put another part in the place of this name."""
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, part)
