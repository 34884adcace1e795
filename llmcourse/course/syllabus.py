"""What the course is made of: its parts and their notebooks, as a list to read and as a map to look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from llmcourse.course.progress import Progress
    from llmcourse.course.standing import ChapterStanding


class Chapter(NamedTuple):
    """One notebook: its number, a short title, and whether it is written yet."""

    number: str
    title: str
    ready: bool = False

    @property
    def name(self) -> str:
        """The title on one line; of the hyphens at a line's end only that of "Self-attention" belongs to the word."""
        return re.sub(r"(?<!Self)-\n", "", self.title).replace("-\n", "-").replace("\n", " ")


class Part(NamedTuple):
    """Some notebooks that answer one question together."""

    question: str
    chapters: tuple[Chapter, ...]


PARTS = (
    Part("What is it?", (Chapter("00", "Welcome", ready=True),)),
    Part(
        "From text to numbers",
        (
            Chapter("01", "Clean\ntext", ready=True),
            Chapter("02", "Tokens", ready=True),
            Chapter("03", "Words as\nvectors", ready=True),
        ),
    ),
    Part(
        "The machine",
        (
            Chapter("04", "Self-\nattention", ready=True),
            Chapter("05", "Many\nheads", ready=True),
            Chapter("06", "The block", ready=True),
            Chapter("07", "Encoder,\ndecoder", ready=True),
        ),
    ),
    Part(
        "How it learns",
        (
            Chapter("08", "Objectives", ready=True),
            Chapter("09", "Optimi-\nzation", ready=True),
            Chapter("10", "Pretraining\na GPT", ready=True),
            Chapter("11", "BERT and\nfriends", ready=True),
        ),
    ),
    Part(
        "Putting it to work",
        (
            Chapter("12", "Sentiment", ready=True),
            Chapter("13", "Answering\nquestions", ready=True),
            Chapter("14", "LoRA", ready=True),
            Chapter("15", "Prefer-\nences", ready=True),
            Chapter("16", "Under-\nstanding", ready=True),
        ),
    ),
    Part(
        "Making it write",
        (
            Chapter("17", "Generation", ready=True),
            Chapter("18", "Fast\ninference", ready=True),
            Chapter("19", "Compute", ready=True),
        ),
    ),
    Part(
        "Looking inside",
        (Chapter("20", "Bias and\nprivacy", ready=True), Chapter("21", "Interpret-\nability", ready=True)),
    ),
    Part(
        "Smaller, faster, real",
        (
            Chapter("22", "Distillation", ready=True),
            Chapter("23", "Efficiency", ready=True),
            Chapter("24", "Real\nmodels", ready=True),
            Chapter("25", "Capstone:\nspeedrun"),
        ),
    ),
)


def course_map(here: str = "00", progress: Progress | None = None) -> Figure:
    """All notebooks as boxes, a row for each part; a heavy edge marks where the reader is, dashes what is planned.

    With the reader's progress, the box of what was begun has a sign, and the count of its exercises that are solved.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

    standing = {chapter.number: chapter for chapter in progress.chapters} if progress else {}
    with course_style():
        figure = Figure(figsize=(11, 0.7 * len(PARTS) + 1.3))
        ax = figure.subplots()
        ax.set(xlim=(-1.95, 5.02), ylim=(len(PARTS) + 0.05, -0.52))
        ax.set_axis_off()
        for row, part in enumerate(PARTS):
            ax.text(-0.1, row, part.question, ha="right", va="center", fontsize=13, fontweight="bold")
            for column, chapter in enumerate(part.chapters):
                box = FancyBboxPatch((column + 0.04, row - 0.36), 0.92, 0.72, boxstyle="round,pad=0,rounding_size=0.08")
                box.set(facecolor="#e8f2f9" if chapter.ready else "white", edgecolor=INK if chapter.ready else QUIET)
                box.set(linestyle="-" if chapter.ready else "--", linewidth=3.2 if chapter.number == here else 1.2)
                ax.add_patch(box)
                ax.text(
                    column + 0.09, row, chapter.number, va="center", fontsize=12, color=COLOURS["blue"], weight="bold"
                )
                ax.text(column + 0.28, row, chapter.title, va="center", fontsize=12, linespacing=1.1)
                if chapter.number in standing:
                    _mark(ax, column, row, standing[chapter.number])
        words = ["heavy edge: you are here", "dashed edge: planned"]
        words += ["… begun, ✓ done; below the number, exercises solved"] if standing else []
        ax.text(-1.95, len(PARTS) - 0.2, ".   ".join(words) + ".", fontsize=12, color=QUIET)
        set_title(figure, "From the first word to a model of your own")
    return figure


def _mark(ax: Axes, column: int, row: int, standing: ChapterStanding) -> None:
    """On the corner of a chapter's box its sign; below its number, how many of its exercises are solved."""
    from llmcourse.viz.style import INK

    if not standing.begun:
        return
    ring = {"boxstyle": "circle,pad=0.25", "facecolor": INK if standing.done else "white", "edgecolor": INK}
    colour = "white" if standing.done else INK
    sign = ax.text(column + 0.93, row - 0.32, standing.sign, color=colour, fontsize=10, weight="bold", bbox=ring)
    sign.set(ha="center", va="center")
    count = f"{standing.solved}/{len(standing.exercises)}"
    ax.text(column + 0.15, row + 0.23, count, ha="center", va="center", fontsize=9.5, color=INK)


def map_in_words(here: str = "00", progress: Progress | None = None) -> str:
    """What `course_map` shows, for those who do not see it: the parts, where the reader is, what is begun and done."""
    parts = []
    for part in PARTS:
        numbers = [chapter.number for chapter in part.chapters]
        parts.append(f"{part.question.rstrip('?')}: {' to '.join(dict.fromkeys((numbers[0], numbers[-1])))}.")
    words = [
        "Map of the course, a row for each part.",
        *parts,
        f"You are at {here}; dashed edges mark what is planned.",
    ]
    if progress:
        for state in ("begun", "done"):
            found = [chapter.number for chapter in progress.chapters if chapter.word == state]
            words.append(f"{state.capitalize()}: {', '.join(found) or 'none'}.")
    return " ".join(words)
