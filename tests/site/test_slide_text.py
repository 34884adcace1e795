"""What of a text is shown on a slide, and what is left to the speaker."""

from llmcourse.site.slide_text import GLANCE, beginning, blocks, rows, shown

LONG = "A first sentence. " + "Then many more words follow that nobody reads from the last row of a room. " * 4


def test_blocks_are_found_from_top_to_bottom() -> None:
    text = "# A\n\npara\n\n- x\n- y\n\n> quote\n\n$$x\n$$\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    kinds = [block.kind for block in blocks(text)]
    assert kinds == [
        "heading_open",
        "paragraph_open",
        "bullet_list_open",
        "blockquote_open",
        "paragraph_open",
        "table_open",
    ]
    assert [block.level for block in blocks(text)][:2] == [1, 0]


def test_a_short_text_is_shown_whole_and_needs_no_notes() -> None:
    assert [(piece.text, piece.notes) for piece in shown("Short and good.")] == [("Short and good.", False)]


def test_of_a_long_paragraph_the_beginning_is_shown_and_all_of_it_said() -> None:
    first, notes = shown(LONG)
    assert first.text.startswith("A first sentence.")
    assert len(first.text.split()) <= GLANCE
    assert notes.notes
    assert notes.text == LONG.strip()


def test_formulas_lists_and_questions_are_shown_whole() -> None:
    question = "**Predict first.** " + LONG.strip()
    for text in ("$$a = b$$ " + LONG.strip(), question, "- " + LONG.strip(), "> " + LONG.strip()):
        (piece,) = shown(text)
        assert piece.text == text


def test_a_full_stop_in_a_formula_or_in_e_g_ends_no_sentence() -> None:
    rest = "word " * 40
    assert beginning(f"Take $f. G$ and `a. B` e.g. Mia here. Then {rest}") == "Take $f. G$ and `a. B` e.g. Mia here."


def test_hints_are_not_shown() -> None:
    assert [piece.notes for piece in shown("Stuck? `exercise.x.hint()` helps.")] == [True]


def test_what_introduces_a_list_stays_with_it() -> None:
    (piece,) = shown("**You can**\n\n- walk\n- run")
    assert "You can" in piece.text
    assert "run" in piece.text


def test_links_to_files_become_words_and_ticked_boxes_signs() -> None:
    (piece,) = shown("See [Chapter 05](05_heads.ipynb) and [a paper](https://example.org).")
    assert piece.text == "See Chapter 05 and [a paper](https://example.org)."
    (piece,) = shown("- [x] done")
    assert piece.text == "- ✓ done"


def test_more_text_takes_more_rows() -> None:
    assert rows("a") < rows("a " * 100) < rows("a " * 300)
    assert rows("$$x$$") > rows("x")
