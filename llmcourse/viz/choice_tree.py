"""The tree of choices: after a beginning, the likeliest words, after each of them the likeliest next ones, and so on.

It is computed once, to a depth, and then stands by itself: no kernel is needed to climb about in it.
"""

from typing import Any

import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmcourse.corpus import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.inference.text import encode_prompt
from llmcourse.model import GPT
from llmcourse.viz.bertviz_page import static
from llmcourse.viz.cells import visible
from llmcourse.viz.plots import percent
from llmcourse.viz.style import COLOURS, INK, QUIET, Picture, checked_alt, course_style, set_title
from llmcourse.viz.widget import PictureWidget

MOST_NODES = 2000  # so that a notebook stays small
END = "(end of story)"


def choice_tree(
    model: GPT, tokenizer: Tokenizer, prompt: str, world: World | None = None, *, depth: int = 3, width: int = 4
) -> list[dict[str, Any]]:
    """The `width` likeliest next tokens, with for each of them the same after it, `depth` tokens deep.

    A node holds the word `w`, the model's probability `p`, the world's `q` (None without a world) and what comes
    next, `c`. Where no story goes on with the word, `q` is 0, and so it is for all that comes after it.

    Raises CourseError for a tree of more than 2,000 nodes, and for a prompt that leaves no room in the context.
    """
    nodes = sum(width**level for level in range(1, depth + 1))
    if width < 1 or depth < 1 or nodes > MOST_NODES:
        raise CourseError(f"a tree {depth} deep and {width} wide has {nodes} nodes: choose from 1 to {MOST_NODES}")
    ids = encode_prompt(model, tokenizer, prompt)
    if ids.shape[1] + depth - 1 > model.config.context:
        raise CourseError(f"the prompt leaves no room for {depth} tokens: the model reads {model.config.context}")
    root: list[dict[str, Any]] = []
    level: list[tuple[list[int], list[dict[str, Any]]]] = [(ids[0].tolist(), root)]
    for _ in range(depth):
        with torch.no_grad(), evaluating(model):
            said = model(torch.tensor([row for row, _ in level], device=model.device))[:, -1].float().softmax(-1).cpu()
        deeper: list[tuple[list[int], list[dict[str, Any]]]] = []
        for (row, children), probabilities in zip(level, said, strict=True):
            truth = truth_after(world, tokenizer, row)
            for id in probabilities.argsort(descending=True, stable=True)[:width].tolist():
                ends = id == tokenizer.eos_id
                word = END if ends else visible(tokenizer.readable(tokenizer.vocabulary[id]))
                true = None if truth is None else rounded(truth.get(tokenizer.vocabulary[id], 0.0))
                node: dict[str, Any] = {"w": word, "p": rounded(probabilities[id].item()), "q": true, "c": []}
                children.append(node)
                if not ends:
                    deeper.append(([*row, id], node["c"]))
        level = deeper
        if not level:
            break
    return root


Point = tuple[int | float, int | float]


def rounded(probability: float) -> float:
    """Three digits, however small it is: a small probability is not 0."""
    return float(f"{probability:.3g}")


def truth_after(world: World | None, tokenizer: Tokenizer, ids: list[int]) -> dict[str, float] | None:
    """The world's next words; empty where the text is no story's beginning any more, None without a world."""
    if world is None:
        return None
    try:
        truth = world.next_word(tokenizer.decode(ids))
    except CourseError:
        return {}
    return truth or {tokenizer.vocabulary[tokenizer.eos_id]: 1.0}


def tree_figure(root: list[dict[str, Any]], prompt: str, *, title: str, depth: int = 3, width: int = 3) -> Figure:
    """The tree from left to right: thicker lines are likelier; a dashed line with ✗ is no story of the world."""

    def leaves(nodes: list[dict[str, Any]], left: int) -> int:
        return sum(leaves(node["c"], left - 1) if left > 1 and node["c"] else 1 for node in nodes[:width])

    with course_style():
        figure = Figure(figsize=(11, 0.8 + 0.29 * leaves(root, depth)))
        ax = figure.subplots()
        y = 0.0

        def draw(ax: Axes, nodes: list[dict[str, Any]], level: int) -> list[float]:
            nonlocal y
            places = []
            for node in nodes[:width]:
                wrong = node["q"] == 0
                text = f"{'✗ ' if wrong else ''}{node['w']}  {percent(node['p'])}"
                below = draw(ax, node["c"], level + 1) if level < depth and node["c"] else []
                if below:
                    place = sum(below) / len(below)
                    end_of_text = level + 0.08 + 0.0087 * len(text) * (depth + 0.9)
                    for other, child in zip(below, node["c"], strict=False):
                        link(ax, (end_of_text, place), (level + 1, other), child)
                else:
                    place, y = y, y + 1
                ax.text(level + 0.02, place, text, va="center", fontsize=12, color=QUIET if wrong else INK)
                places.append(place)
            return places

        first = draw(ax, root, 1)
        middle = sum(first) / len(first)
        for place, node in zip(first, root, strict=False):
            link(ax, (0.72, middle), (1, place), node)
        ax.text(0.7, middle, f"… {prompt}", va="center", ha="right", fontsize=12, fontweight="bold")
        ax.set(xlim=(-0.1, depth + 0.8), ylim=(y - 0.4, -0.6))
        ax.set_axis_off()
        set_title(figure, title)
    return figure


def link(ax: Axes, start: Point, end: Point, node: dict[str, Any]) -> None:
    wrong = node["q"] == 0
    colour, dashes = (COLOURS["vermilion"], (0, (3, 2))) if wrong else (COLOURS["blue"], "-")
    ax.plot(*zip(start, end, strict=True), color=colour, linestyle=dashes, linewidth=0.8 + 6 * node["p"], alpha=0.75,
            solid_capstyle="round")  # fmt: skip


class ChoiceTree(PictureWidget):
    """The tree of choices to climb about in: a click on a word opens what comes after it."""

    _esm = static("common.js") + static("choice_tree.js")
    _css = static("widgets.css")

    prompt = traitlets.Unicode().tag(sync=True)
    tree: Any = traitlets.List().tag(sync=True)

    def __init__(
        self,
        model: GPT,
        tokenizer: Tokenizer,
        prompt: str,
        world: World | None = None,
        *,
        depth: int = 4,
        width: int = 4,
        alt: str | None = None,
    ):
        found = choice_tree(model, tokenizer, prompt, world, depth=depth, width=width)
        alt = alt or (
            f"A tree of choices after “{prompt}”: its likeliest next words with their probabilities, and after each of "
            "them the likeliest next ones. Words with which no story goes on are marked."
        )
        super().__init__(prompt=prompt, tree=found, alt=checked_alt(alt))

    def picture(self) -> Picture:
        end = self.prompt if len(self.prompt) <= 24 else self.prompt[-24:].split(" ", 1)[-1]
        figure = tree_figure(self.tree, end, title=f"What may come after “… {end}”", depth=2, width=4)
        return Picture.of(figure, self.alt)
