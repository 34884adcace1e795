"""The start page, and the page of all chapters: made from the syllabus and from what each notebook says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from llmcourse.course.guide.outline import Entry, outline
from llmcourse.course.syllabus import PARTS


def start_page() -> str:
    """What the course is, for whom, its map, and how one begins."""
    return _START.replace("MAP", "\n".join(_map()))


def course_page() -> str:
    """Every chapter under its part, with its time and what one can do after it."""
    entries = outline()
    lines = ["# The course", "", _COURSE, ""]
    for part in PARTS:
        lines += [f"## {part.question}", ""]
        for chapter in part.chapters:
            lines += [*_about(entries[chapter.number]), ""]
    for part in PARTS:
        names = [notes.file for chapter in part.chapters if (notes := entries[chapter.number].notes)]
        if names:
            lines += ["```{toctree}", ":hidden:", f":caption: {part.question}", "", *names, "```", ""]
    return "\n".join(lines)


def _map() -> Iterator[str]:
    entries = outline()
    for part in PARTS:
        yield f"- **{part.question}**"
        for chapter in part.chapters:
            entry = entries[chapter.number]
            name = f"{entry.number} · {entry.title}"
            yield f"  - [{name}](notebooks/{entry.notes.file})" if entry.notes else f"  - {name} (planned)"


def _about(entry: Entry) -> Iterator[str]:
    if not entry.notes:
        yield f"### {entry.number} · {entry.title} (planned)"
        return
    yield f"### [{entry.number} · {entry.title}]({entry.notes.file})"
    yield f"\n{entry.notes.minutes} minutes. After it you can\n"
    *most, last = entry.notes.objectives
    yield from (f"- {objective};" for objective in most)
    yield f"- {last}."


_COURSE = """Each chapter takes one to two hours: a question, pictures before formulas, formulas before code, exercises
with graded hints, something to move, a quiz, papers to read. Here you can read them all; to do the exercises,
[open them on your own machine](../README.md)."""

_START = """# Build a language model, and look inside it

A course of Jupyter notebooks in which you write every part of a language model yourself: attention, a GPT, its
training, its fine-tuning, its use. Each exercise checks your code and tells you what is wrong with it. Each figure
stands beside the truth that it should reach, because the models learn from a small world of stories whose every chance
is known.

```{container} start-picture
![Chapter 00 in JupyterLab: the model's probabilities for the next word as solid bars, each beside a hatched bar with
the exact probability; they are nearly equal.](docs/images/lab.png)
```

**You** know Python and a little PyTorch, and have a laptop without a GPU. That is enough: once installed, everything
runs there, without a network. **You teach?** The [guides](teaching.md) say how to run it for a class.

## Begin

```sh
make lab     # installs the course into a folder of its own and opens it in JupyterLab
```

Windows, conda and everything else: [README](README.md). Or read first: [chapter 00](notebooks/00_welcome.ipynb) shows a
language model in ten minutes, and this site has every chapter with its figures.

## The map

````{container} course-map
MAP
````

```{toctree}
:hidden:

The course <notebooks/index>
Teaching <teaching>
The package <api/index>
About <about>
```
"""
