"""A model card whose figures come from measurements, and from nowhere else.

The sections are those of Mitchell et al. (2019), Model Cards for Model Reporting. Words are the author's; a figure that
stands in the card is taken from what was measured, so that a card cannot go stale in silence.
"""

from collections.abc import Mapping

SECTIONS = (
    "model details",
    "intended use",
    "factors",
    "metrics",
    "evaluation data",
    "training data",
    "quantitative analyses",
    "ethical considerations",
    "caveats and recommendations",
)
#: What has to be measured before a card can be written, and the section in which it stands.
FIGURES = {
    "parameters": "model details",
    "injected skew": "training data",
    "learned skew": "quantitative analyses",
    "loss": "quantitative analyses",
    "floor": "quantitative analyses",
    "highest exposure": "ethical considerations",
}


def shown(value: float | int) -> str:
    """A figure as it stands in a card: whole numbers with commas, all others with two digits."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) >= 10 else f"{value:.2f}"


def measured_card(figures: Mapping[str, float | int], shares: Mapping[str, float | int]) -> dict[str, str]:
    """A card for a model of openings: a text for each of the nine sections.

    figures: a value for each name in `FIGURES`; shares: p(she) by job.
    """
    f = {name: shown(figures[name]) for name in FIGURES}
    by_job = ", ".join(f"{job} {shown(share)}" for job, share in shares.items())
    return {
        "model details": f"A GPT with {f['parameters']} parameters, trained from nothing for chapter 20.",
        "intended use": "To measure skew and memory in a lesson. Not for writing about people, or for any decision.",
        "factors": "Results are given for each of the six jobs of a nameless worker, and for she and he.",
        "metrics": "Loss in nats per token; skew as the difference of two groups' p(she); exposure in bits.",
        "evaluation data": "New openings of the same world, none of them seen in training.",
        "training data": f"Openings of a story world with a skew of {f['injected skew']}, and codes of doors.",
        "quantitative analyses": f"Loss {f['loss']}, floor {f['floor']}. Learned skew {f['learned skew']}. "
        f"p(she) by job: {by_job}.",
        "ethical considerations": f"It holds secrets of its training: exposure up to {f['highest exposure']} bits.",
        "caveats and recommendations": "The world has two genders and six jobs; people have more. A skew of 0 here "
        "says nothing about other words or other places in a text.",
    }


def card_as_markdown(name: str, card: Mapping[str, str]) -> str:
    """The card to read: a heading for each section."""
    return "\n\n".join(
        [f"# Model card: {name}", *(f"**{title.capitalize()}.** {text}" for title, text in card.items())]
    )
