import random

import pytest

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import MASK, SENTINELS, CausalLM, SpanCorruption
from llmcourse.viz.problems import Cell, problem_cells, problems

TOKENIZER = WordTokenizer(["Mia", "lost", "her", "ring"], special=[MASK, *SENTINELS])
MIA, LOST, HER, RING = (TOKENIZER.id_of(word) for word in ("Mia", "lost", "her", "ring"))
MASK_ID = TOKENIZER.id_of(MASK)


def test_a_masked_row_says_what_became_of_each_word():
    cells = problem_cells(TOKENIZER, [MIA, MASK_ID, RING, RING, 0], [IGNORE, LOST, HER, RING, IGNORE])
    assert cells == [
        Cell("Mia"),
        Cell("<mask>", "hidden", "lost"),
        Cell("ring", "stranger", "her"),
        Cell("ring", "asked", "ring"),
    ]


def test_a_causal_row_asks_for_the_next_word_and_has_no_strangers():
    row = [TOKENIZER.bos_id, MIA, LOST, TOKENIZER.eos_id]
    batch = CausalLM(TOKENIZER)([row], random.Random(0))
    cells = problem_cells(TOKENIZER, batch.ids[0].tolist(), batch.targets[0].tolist(), shifted=True)
    assert [(cell.kind, cell.answer) for cell in cells] == [("asked", "Mia"), ("asked", "lost"), ("asked", "<eos>")]


def test_sentinels_go_by_their_number():
    row = TOKENIZER.encode("Mia lost her ring", bos=True, eos=True)
    batch = SpanCorruption(TOKENIZER, share=0.5)([row], random.Random(0))
    cells = problem_cells(TOKENIZER, batch.source[0].tolist(), [IGNORE] * batch.source.shape[1])
    assert [cell.text for cell in cells if cell.kind == "sentinel"] == ["<0>"]


def test_every_word_and_every_answer_is_drawn_and_the_legend_names_what_occurs():
    figure = problems({"masked": [Cell("Mia"), Cell("<mask>", "hidden", "lost")]}, title="A problem")
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert texts == {"Mia", "<mask>", "→ lost"}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["seen", "hidden (→ answer)"]


def test_what_cannot_be_is_said_in_one_line():
    with pytest.raises(CourseError, match="no kind of cell 'odd'"):
        problems({"x": [Cell("Mia", "odd")]}, title="t")
    with pytest.raises(CourseError, match="one target for each"):
        problem_cells(TOKENIZER, [MIA], [])
