"""A `config.json`, read with care: what is missing or means something that we cannot do is named, never guessed."""

from typing import Any

from llmcourse.model.config import RopeScaling
from llmcourse.model.hub.entries import HubError

MISSING = object()


class HubConfig:
    """The settings of a `config.json`. Remembers in which architecture, so that a complaint can say it."""

    def __init__(self, settings: dict[str, Any]):
        self.settings = settings
        self.kind = str(settings.get("model_type", "?"))

    def whole(self, *names: str, default: Any = MISSING) -> int:
        """A whole number, 1 or more, under the first of these names that is there."""
        name, value = self.find(names, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise HubError(f"config.json ({self.kind}): {name}={value!r} must be a whole number, 1 or more")
        return value

    def number(self, *names: str, default: Any = MISSING) -> float | int:
        name, value = self.find(names, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise HubError(f"config.json ({self.kind}): {name}={value!r} must be a number")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.settings.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise HubError(f"config.json ({self.kind}): {name}={value!r} must be true or false")
        return value

    def find(self, names: tuple[str, ...], default: Any) -> tuple[str, Any]:
        for name in names:
            if self.settings.get(name) is not None:
                return name, self.settings[name]
        if default is MISSING:
            raise HubError(f"config.json ({self.kind}) lacks {names[0]!r}, without which the model cannot be built")
        return names[0], default

    def choice(self, name: str, default: str, known: dict[str, str]) -> str:
        """What we call the setting that the file calls by another name."""
        value = self.settings.get(name) or default
        if value not in known:
            raise self.unsupported(name, value, ", ".join(known))
        return known[value]

    def must_be(self, name: str, *allowed: Any) -> None:
        """Raises HubError for a setting that changes what is computed in a way that the course's parts do not know."""
        value = self.settings.get(name)
        if value is not None and value not in allowed:
            raise self.unsupported(name, value, " or ".join(map(repr, allowed)))

    def unsupported(self, name: str, value: Any, known: str) -> HubError:
        return HubError(f"config.json ({self.kind}): {name}={value!r} is nothing this course's model can do: {known}")


def rope_settings(config: HubConfig, theta: float | int = 10_000.0) -> tuple[float | int, RopeScaling | None]:
    """(rope_theta, rope_scaling). Files have either spelling: `rope_parameters`, or the older `rope_theta` beside a
    `rope_scaling` that may be null. `theta`: what is meant where neither says."""
    found = config.settings.get("rope_parameters") or config.settings.get("rope_scaling") or {}
    if not isinstance(found, dict) or any(isinstance(value, dict) for value in found.values()):
        raise config.unsupported("rope_parameters", found, "one kind of rotation for all layers")
    rope = HubConfig({"model_type": config.kind, "rope_theta": config.settings.get("rope_theta"), **found})
    theta = rope.number("rope_theta", default=theta)
    kind = found.get("rope_type") or found.get("type") or "default"
    if kind == "default":
        return theta, None
    if kind != "llama3":
        raise config.unsupported("rope_type", kind, "'default' or 'llama3'")
    names = ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
    factor, slow, fast, context = (rope.number(name) for name in names)
    return theta, (factor, slow, fast, context)


def rope_to_hub(theta: float | int, scaling: RopeScaling | None) -> dict[str, Any]:
    """The inverse, in both spellings, so that old and new programs understand it."""
    if scaling is None:
        return {"rope_theta": theta, "rope_parameters": {"rope_theta": theta, "rope_type": "default"}}
    factor, slow, fast, context = scaling
    rope = {"rope_type": "llama3", "factor": factor, "low_freq_factor": slow, "high_freq_factor": fast,
            "original_max_position_embeddings": context}  # fmt: skip
    return {"rope_theta": theta, "rope_parameters": {"rope_theta": theta, **rope}}
