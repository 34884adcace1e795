import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from llmcourse.course.authoring import convert, notebook_from_text, text_from_notebook
from llmcourse.course.files import read_notebook
from llmcourse.errors import CourseError

TEXT = """
# %% [metadata]
number = "04"
objectives = ["one", "two"]
[teacher]
discuss = ["Why?"]

# %% [markdown]
# A title

Some *text*.

# %%
x = 1


def f():
    return x

# %% tags=exercise:f,slow
def g():
    raise NotImplementedError
"""


def test_makes_cells_tags_and_metadata():
    notebook = notebook_from_text(TEXT)
    assert notebook.metadata.llmcourse == {
        "number": "04",
        "objectives": ["one", "two"],
        "teacher": {"discuss": ["Why?"]},
    }
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert notebook.cells[0].source == "# A title\n\nSome *text*."
    assert notebook.cells[1].source.endswith("    return x")
    assert notebook.cells[2].metadata.tags == ["exercise:f", "slow"]


sources = st.text(alphabet="ab#%[] \n", max_size=30).map(str.strip).filter(lambda text: text and "# %%" not in text)


@given(st.lists(st.tuples(st.booleans(), sources, st.lists(st.sampled_from(["exercise:a", "check:a", "slow"])))))
def test_text_and_notebook_are_inverse(cells):
    notebook = new_notebook()
    for is_code, source, tags in cells:
        notebook.cells.append(new_code_cell(source) if is_code else new_markdown_cell(source))
        if tags:
            notebook.cells[-1].metadata.tags = tags
    again = notebook_from_text(text_from_notebook(notebook))
    assert [(c.cell_type, c.source, c.metadata) for c in again.cells] == [
        (c.cell_type, c.source, c.metadata) for c in notebook.cells
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# %% [mardown]\nx", r"\[mardown\].* no kind"),
        ("# %% [metadata]\nx ==", "not TOML"),
        ("x = 1\n# %%", "before the first"),
    ],
)
def test_mistakes_are_named(text, words):
    with pytest.raises(CourseError, match=words):
        notebook_from_text(text)


def test_convert_writes_a_notebook(tmp_path):
    (tmp_path / "draft.txt").write_text(TEXT, encoding="utf-8")
    convert(tmp_path / "draft.txt", tmp_path / "04_x.ipynb")
    assert len(read_notebook(tmp_path / "04_x.ipynb").cells) == 3
