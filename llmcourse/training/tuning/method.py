"""What all ways of tuning a part of a model have in common: freeze everything, add a little, train only that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from llmcourse.errors import CourseError
from llmcourse.training.tuning.targets import choose


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to tune a model, with its settings. This one adds nothing: only what `also` names is trained.

    also: patterns of parameters that are trained as they are, beside what a method adds: ["head"] for a new head
    """

    name: ClassVar[str] = "part"
    also: Sequence[str] = ()

    def add_to(self, model: nn.Module) -> nn.Module:
        """Freeze the model, and put into it what the method trains. Returns the same model.

        All parameters of the model keep their names and their values.
        Raises CourseError for a model that a method was added to before, and for a name that fits nothing; the model
        is then as it was.
        """
        if method_of(model) is not None:
            raise CourseError("something was added to this model already: remove_from(model) first, or load it anew")
        also = parameters_of(model, self.also)
        added = self.add(model)
        trained = {id(parameter) for parameter in [*added, *also]}
        if not trained:
            self.remove(model)
            raise CourseError("nothing is left to train: name some parameters, such as also=['head']")
        frozen_before = frozenset(name for name, p in model.named_parameters() if not p.requires_grad)
        for parameter in model.parameters():
            parameter.requires_grad_(id(parameter) in trained)
        vars(model).update(tuning=self, frozen_before=frozen_before)
        return model

    def add(self, model: nn.Module) -> list[nn.Parameter]:
        """Put the method's own parameters into the model, and return them. Changes nothing if it raises an error."""
        return []

    def remove(self, model: nn.Module) -> None:
        """Take out again what `add` put in."""


def method_of(model: nn.Module) -> Method | None:
    """The method that was added to a model, if there is one."""
    return getattr(model, "tuning", None)


def remove_from(model: nn.Module) -> nn.Module:
    """Take out what a method has added; what was trained before it came can be trained again. Returns the model.

    What was frozen has not changed by a bit; what a method trained in place (`also`, BitFit) keeps what it learned.
    Raises CourseError when nothing was added.
    """
    method = method_of(model)
    if method is None:
        raise CourseError("nothing was added to this model, so there is nothing to remove")
    method.remove(model)
    return as_before(model)


def as_before(model: nn.Module) -> nn.Module:
    """Forget the method, and freeze only what was frozen before it came."""
    frozen_before = vars(model).pop("frozen_before")
    del vars(model)["tuning"]
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in frozen_before)
    return model


def parameters_of(model: nn.Module, patterns: Sequence[str]) -> list[nn.Parameter]:
    """The parameters that the patterns mean; the name of a part means all that is in it."""
    parameters = dict(model.named_parameters())
    parts = [name for name, part in model.named_modules() if name and next(part.parameters(), None) is not None]
    chosen = choose([*parts, *parameters], patterns, "part")
    return [p for name, p in parameters.items() if any(name == some or name.startswith(f"{some}.") for some in chosen)]


def trained_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """What is not frozen, by name."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
