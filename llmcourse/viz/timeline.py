"""Slots as rows, steps as columns: which text is in which row of a batch, and when nobody is."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from llmcourse.errors import CourseError
from llmcourse.inference.timeline import Stay, steps_of
from llmcourse.viz.style import COLOURS, INK, course_style, set_title


def timeline(plans: Mapping[str, Sequence[Stay]], n_slots: int, *, title: str) -> Figure:
    """One panel for each plan. A box is a text with its number; hatched is a slot that is paid for and not used.

    Raises CourseError without a plan, or for a text in a slot that is not there.
    """
    if not plans or any(stay.slot >= n_slots for stays in plans.values() for stay in stays):
        raise CourseError(f"a timeline needs a plan, and all its texts in the slots 0 to {n_slots - 1}")
    longest = max(steps_of(stays) for stays in plans.values())
    with course_style():
        figure = Figure(figsize=(11, 1.2 + (0.9 + 0.42 * n_slots) * len(plans)))
        panels = figure.subplots(len(plans), 1, sharex=True, squeeze=False)[:, 0]
        for ax, (name, stays) in zip(panels, plans.items(), strict=True):
            end = steps_of(stays)
            ax.barh(range(n_slots), [end] * n_slots, height=0.8, facecolor="white", edgecolor="#c9ced2", hatch="////")
            for stay in stays:
                width = stay.end - stay.start
                look = COLOURS["sky"] if stay.text % 2 else "#cfe6f5"
                ax.barh(stay.slot, width, left=stay.start, height=0.8, facecolor=look, edgecolor=INK, linewidth=1)
                if width > 0.025 * longest:
                    ax.text(
                        stay.start + width / 2, stay.slot, f"{stay.text + 1}", ha="center", va="center", fontsize=12
                    )
            ax.axvline(end, color=INK, linestyle="--", linewidth=1.6)
            ax.annotate(f"step {end}", (end, -0.75), (4, 0), textcoords="offset points", fontsize=12)
            ax.set_title(name, fontsize=14)
            ax.set_yticks(range(n_slots), [f"slot {slot + 1}" for slot in range(n_slots)])
            ax.set(ylim=(n_slots - 0.4, -1.0), xlim=(0, 1.1 * longest))
            ax.tick_params(axis="y", length=0)
        panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        panels[-1].set_xlabel("step (one call of the model for all slots)")
        set_title(figure, title)
    return figure
