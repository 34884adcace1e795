"""Looking inside: every intermediate value of a model can be recorded, or changed, by its name.

    with record(model, "blocks.*.attention.weights") as trace:
        model(ids)
    trace["blocks.0.attention.weights"]     # batch head query key

A name is the path of attributes that leads from the model to the value: what `model.blocks[0].attention.weights`
puts out is recorded as "blocks.0.attention.weights".
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase

from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.normalization import LayerNorm, RMSNorm

Edit = Callable[[Tensor], Tensor]


class HookPoint(nn.Identity):
    """Gives a name to a value that passes through, and changes nothing."""

    @property
    def watched(self) -> bool:
        """Whether anybody records or edits this value just now."""
        return bool(self._forward_hooks)


class NotRecorded(CourseError, KeyError):
    """A name that is not in a trace or a model. The message names those that are near."""

    def __str__(self) -> str:  # a KeyError would show its message in quotes, with escapes
        return str(self.args[0])


class Trace(Mapping[str, Tensor]):
    """What was recorded: a mapping from names to tensors, in the order in which the model computed them.

    A model that runs twice overwrites the first run's values.
    """

    def __init__(self, watched: list[str], known: list[str]):
        self._tensors: dict[str, Tensor] = {}
        self._watched = watched
        self._known = known

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tensors)

    def __getitem__(self, name: str) -> Tensor:
        if name in self._tensors:
            return self._tensors[name]
        if name in self._watched:
            raise NotRecorded(f"{name!r} has no value yet: call the model inside the `with record(...)` block")
        if name in self._known:
            raise NotRecorded(f"{name!r} was not recorded: ask for it, record(model, {name!r})")
        raise NotRecorded(f"there is no value called {name!r}; {near(name, self._known)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __repr__(self) -> str:
        lines = [f"  {name}  {tuple(tensor.shape)}" for name, tensor in self._tensors.items()]
        return "\n".join([f"Trace of {len(lines)} values", *lines])


@contextmanager
def record(
    model: nn.Module, *patterns: str, edit: Mapping[str, Edit] | None = None, keep_grad: bool = False
) -> Iterator[Trace]:
    """Record what a model computes inside the `with` block, and change it on the way if asked to.

    `patterns`: names, with * for any part ("blocks.*.attention.weights"). Without any, everything is recorded, or,
        if there are edits, nothing but them. Wildcards find hook points and norms; a full name may be any submodule.
    `edit`: for a name or pattern, a function from the tensor to the tensor that takes its place. Edits act before
        values are recorded, so a trace shows what the rest of the model saw.
    `keep_grad`: keep the tensors in the graph, so that `trace[name].grad` is there after `backward()`. Otherwise
        they are detached.

    The model is as before when the block ends, even when it ends with an error. Raises NotRecorded for a pattern
    that fits nothing.
    """
    edits = {name: change for pattern, change in (edit or {}).items() for name in find(model, pattern)}
    if not patterns and not edits:
        patterns = ("*",)
    watched = [name for pattern in patterns for name in find(model, pattern)]
    trace = Trace([*watched, *edits], names_of(model))

    def hook_for(name: str) -> Callable[[nn.Module, object, Tensor], Tensor | None]:
        def hook(module: nn.Module, inputs: object, output: Tensor) -> Tensor | None:
            if name in edits:
                output = edited(output, edits[name], name)
            if keep_grad and output.requires_grad:
                output.retain_grad()
            trace._tensors[name] = output if keep_grad else output.detach()
            return output if name in edits else None

        return hook

    with ExitStack() as stack:
        for name in dict.fromkeys([*watched, *edits]):
            handle = model.get_submodule(name).register_forward_hook(hook_for(name))
            stack.callback(handle.remove)
        yield trace


def names_of(model: nn.Module) -> list[str]:
    """The names that wildcards look through: all hook points and norms, in the order in which they were defined."""
    return [name for name, module in model.named_modules() if isinstance(module, HookPoint | LayerNorm | RMSNorm)]


def find(model: nn.Module, pattern: str) -> list[str]:
    """The names that a pattern fits. Raises NotRecorded when there are none."""
    known = names_of(model)
    found = [name for name in known if fnmatchcase(name, pattern)]
    if not found and pattern in dict(model.named_modules()):
        found = [pattern]
    if not found:
        raise NotRecorded(f"nothing in the model is called {pattern!r}; {near(pattern, known)}")
    return found


def near(name: str, known: list[str]) -> str:
    matches = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
    return f"near to it: {', '.join(matches)}" if matches else "print(model) shows the names of its parts"


def edited(value: Tensor, change: Edit, name: str) -> Tensor:
    new = change(value)
    if not isinstance(new, Tensor):
        raise CourseError(f"the edit of {name!r} returned {type(new).__name__}: it must return a tensor")
    if new.shape != value.shape:
        raise CourseError(f"the edit of {name!r} made {tuple(new.shape)} of {tuple(value.shape)}: keep the shape")
    return new
