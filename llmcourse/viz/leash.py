"""Pictures of a model on a leash: four replies before and after, and reward and truth along the way."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from llmcourse.analysis.leash import divergence, leashed, mean
from llmcourse.viz.style import COLOURS, INK, course_style, set_title

Number = int | float


def leash_bars(
    reference: Mapping[str, Number], reward: Mapping[str, Number], worth: Mapping[str, Number], beta: Number
) -> Figure:
    """Each reply's probability in the reference and in the best model for this beta; the title says what it amounts to.

    `reward` is what is maximized, `worth` what is wanted.
    """
    after = leashed(reference, reward, beta)
    with course_style():
        figure = Figure(figsize=(10.5, 1.9 + 0.85 * len(reference)))
        ax = figure.subplots()
        places = range(len(reference))
        hatched = {"facecolor": "white", "edgecolor": INK, "hatch": "//"}
        for side, name, p in ((-0.2, "reference", reference), (0.2, f"best for β = {beta:g}", after)):
            look = hatched if side < 0 else {"color": COLOURS["blue"]}
            drawn = ax.barh([at + side for at in places], list(p.values()), height=0.36, label=name, **look)  # type: ignore[arg-type]
            ax.bar_label(drawn, labels=[f"{share:.1%}" for share in p.values()], padding=5, fontsize=12)
        names = [f"{reply}\nreward {reward[reply]:g}, worth {worth[reply]:g}" for reply in reference]
        ax.set_yticks(list(places), names)
        ax.invert_yaxis()
        ax.set(xlim=(0, 1.12), xlabel="probability")
        ax.tick_params(axis="y", length=0)
        ax.legend(loc="lower right")
        set_title(
            figure,
            f"β = {beta:g}: mean reward {mean(after, reward):.2f}, mean worth {mean(after, worth):.2f}, "
            f"KL {divergence(after, reference):.2f} nats",
        )
    return figure


def two_measures(
    points: Sequence[tuple[Number, Number, Number]],
    *,
    title: str,
    x: str,
    first: str,
    second: str,
    mark: tuple[str, Number, Number] | None = None,
    dots: bool = True,
) -> Figure:
    """Points (x, first, second) in two panels above each other, in the order in which they were reached.

    `mark` is a (name, x, second) to compare with in the lower panel. `dots`: show each point, not only the line.
    """
    with course_style():
        figure = Figure(figsize=(9.5, 6.4))
        upper, lower = figure.subplots(2, sharex=True)
        along = [point[0] for point in points]
        for ax, place, name, colour, style, marker in (
            (upper, 1, first, "vermilion", "--", "s"),
            (lower, 2, second, "blue", "-", "o"),
        ):
            values = [point[place] for point in points]
            ax.plot(along, values, color=COLOURS[colour], linestyle=style, marker=marker if dots else None)
            ax.set(ylabel=name, ylim=(min(0, 1.1 * min(values)), 1.15 * max(*values, 0.01)))
            ax.grid(axis="y")
        if mark is not None:
            name, at, value = mark
            lower.plot([at], [value], color=COLOURS["green"], marker="D", markersize=10, linestyle="", label=name)
            lower.set_ylim(top=max(lower.get_ylim()[1], 1.15 * value))
            lower.legend(loc="upper right")
        lower.set_xlabel(x)
        set_title(figure, title)
    return figure
