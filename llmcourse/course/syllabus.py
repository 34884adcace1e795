"""What the course is made of: its parts and their notebooks, as a list to read and as a map to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Chapter(NamedTuple):
    """One notebook: its number, a short title, and whether it is written yet."""

    number: str
    title: str
    ready: bool = False


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
    Part("Looking inside", (Chapter("20", "Bias and\nprivacy"), Chapter("21", "Interpret-\nability", ready=True))),
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


def course_map(here: str = "00") -> Figure:
    """All notebooks as boxes, a row for each part; a heavy edge marks where the reader is, dashes what is planned."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

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
        ax.text(-1.95, len(PARTS) - 0.2, "heavy edge: you are here.   dashed edge: planned.", fontsize=12, color=QUIET)
        set_title(figure, "From the first word to a model of your own")
    return figure
