"""From a notebook to slides: what begins one, what is left out, and how an author decides otherwise."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from llmcourse.course.files import notebook_paths, read_notebook
from llmcourse.site.slide_rule import as_slides

TYPES = {"slide", "subslide", "fragment", "notes", "-"}


def slides(*cells: Any) -> list[tuple[str, str]]:
    """(slide type, source) of each piece."""
    made = as_slides(new_notebook(cells=list(cells))).cells
    return [(cell.metadata["slideshow"]["slide_type"], cell.source) for cell in made]


def figure(width: int = 600, height: int = 400) -> Any:
    file = BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return new_output(
        "display_data",
        data={"image/png": b64encode(file.getvalue()).decode()},
        metadata={"image/png": {"alt": "a figure"}},
    )


def test_a_heading_begins_a_slide_and_a_lower_one_a_slide_below() -> None:
    made = slides(
        new_markdown_cell("# T\n\nHello."), new_markdown_cell("## A\n\nText."), new_markdown_cell("More.\n\n### E")
    )
    assert [(kind, text) for kind, text in made if text.startswith("#")] == [
        ("slide", "# T"),
        ("slide", "## A"),
        ("-", "### E"),
    ]
    assert made[-2] == ("subslide", '<p class="section">A</p>')


def test_a_full_slide_goes_on_below_itself() -> None:
    made = slides(new_markdown_cell("## A"), *[new_code_cell("x = 1\n" * 9) for _ in range(4)])
    assert [kind for kind, _ in made].count("subslide") == 1


def test_a_cell_that_draws_shows_its_figure_and_keeps_its_code_for_the_speaker() -> None:
    cell = new_code_cell("plot()", outputs=[figure()])
    notes, shown = as_slides(new_notebook(cells=[new_markdown_cell("## A"), cell])).cells[1:]
    assert notes.metadata["slideshow"]["slide_type"] == "notes"
    assert "plot()" in notes.source
    about = shown.outputs[0].metadata["image/png"]
    assert about["alt"] == "a figure"
    assert 400 < about["height"] < 700  # enlarged
    assert abs(about["width"] / about["height"] - 1.5) < 0.02
    assert "height" not in cell.outputs[0].metadata["image/png"]  # the notebook itself is left alone


def test_the_answer_to_a_prediction_comes_with_a_click() -> None:
    printed = new_code_cell("print(1)", outputs=[new_output("stream", text="1\n")])
    asked = slides(new_markdown_cell("## A\n\n> **Predict.** What?"), printed)
    not_asked = slides(new_markdown_cell("## A"), printed)
    assert asked[-1][0] == "fragment"
    assert not_asked[-1][0] == "-"


def test_checks_are_left_out_and_what_follows_an_exercise_has_its_own_slide() -> None:
    blank = new_code_cell("def f(): ...", metadata={"tags": ["exercise:f"]})
    check = new_code_cell("exercise.f.check(f)", metadata={"tags": ["check:f"]})
    made = slides(new_markdown_cell("## A"), blank, check, new_markdown_cell("The answer."))
    assert not [text for _, text in made if "check" in text]
    assert made[-2][0] == "subslide"


def test_an_author_decides_otherwise() -> None:
    def cell(kind: str) -> Any:
        return new_markdown_cell(f"text for {kind}", metadata={"slideshow": {"slide_type": kind}})

    made = slides(
        new_markdown_cell("## A"), *[cell(kind) for kind in ("skip", "slide", "subslide", "fragment", "notes")]
    )
    assert made[1:] == [(kind, f"text for {kind}") for kind in ("slide", "subslide", "fragment", "notes")]


@pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
def test_every_chapter_becomes_slides(path: Any) -> None:
    notebook = read_notebook(path)
    made = as_slides(notebook)
    kinds = [cell.metadata["slideshow"]["slide_type"] for cell in made.cells]
    assert set(kinds) <= TYPES
    assert kinds[0] == "slide"
    assert 25 < kinds.count("slide") + kinds.count("subslide") < 120
    figures = [o for cell in notebook.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    shown = [o for cell in made.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert [f.data["image/png"] for f in shown] == [f.data["image/png"] for f in figures]
    sources = "\n".join(cell.source for cell in made.cells if cell.metadata["slideshow"]["slide_type"] != "notes")
    assert ".check(" not in sources
    assert ".hint()" not in sources
