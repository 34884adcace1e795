"""What the welcome says in its text about the world, the world must still say."""

import re
from pathlib import Path

import nbformat
import pytest

from llmcourse.corpus import World
from llmcourse.corpus.examples import RING
from llmcourse.corpus.lexicon import ANIMALS, COATS, NAMES_HE, THINGS


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    notebook = nbformat.read(root / "notebooks" / "00_welcome.ipynb", as_version=4)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_story_at_its_head_is_the_one_that_its_cells_use(text: str) -> None:
    quoted = re.search(r"^> (.*)$", text, flags=re.MULTILINE)
    assert quoted
    assert RING.startswith(quoted[1] + " Who")


def test_the_numbers_to_follow_with_a_pencil(text: str) -> None:
    assert f"one of {len(COATS)} colours, then one of {len(ANIMALS)} animals" in text
    assert f"For how many of these {len(NAMES_HE) * len(THINGS)} stories" in text
    given = World().next_word(RING[: RING.index("Tom gave")])
    assert given == {"Tom": 3 / 4, "But": 1 / 4}
