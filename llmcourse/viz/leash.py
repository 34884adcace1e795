"""Pictures of a model on a leash: four replies before and after, and reward and truth along the way."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from llmcourse.analysis.leash import divergence, leashed, mean
from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, course_style, set_title

Number = int | float
LOOKS = (("vermilion", "--", "s"), ("blue", "-", "o"), ("green", "-.", "^"))  # colour, dashes, marker


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


def measures(
    points: Sequence[Sequence[Number]],
    names: Sequence[str],
    *,
    title: str,
    x: str,
    reference: tuple[str, int, Number] | None = None,
    dots: bool = True,
) -> Figure:
    """Points (x, first, second, …), one panel for each measure, one below the other, in the order of `names`.

    `reference` is a (name, number of the panel from 0, value) to compare with. `dots`: show each point, not only the
    line. Raises CourseError where there are more or fewer names than measures, or more than three.
    """
    if not 1 <= len(names) <= len(LOOKS) or any(len(point) != len(names) + 1 for point in points):
        raise CourseError(f"each point needs an x and one value for each of at most {len(LOOKS)} names: {list(names)}")
    with course_style():
        figure = Figure(figsize=(9.5, 1.2 + 2.3 * len(names)))
        panels = figure.subplots(len(names), sharex=True, squeeze=False)[:, 0]
        along = [point[0] for point in points]
        for number, (ax, name, (colour, style, marker)) in enumerate(zip(panels, names, LOOKS, strict=False), start=1):
            values = [point[number] for point in points]
            ax.plot(along, values, color=COLOURS[colour], linestyle=style, marker=marker if dots else None)
            ax.set(ylabel=name, ylim=(min(0, 1.1 * min(values)), 1.15 * max(*values, 0.01)))
            ax.grid(axis="y")
        if reference is not None:
            name, number, value = reference
            panels[number].axhline(value, color=INK, linestyle=(0, (1, 1)), label=name)
            panels[number].set_ylim(top=max(panels[number].get_ylim()[1], 1.15 * value))
            panels[number].legend(loc="center right")
        panels[-1].set_xlabel(x)
        figure.align_ylabels()
        set_title(figure, title)
    return figure
