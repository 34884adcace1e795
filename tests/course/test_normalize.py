import copy

from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from llmcourse.course.normalize import WIDGET_VIEW, normalize, steady_text


def notebook_with(*outputs):
    notebook = new_notebook(cells=[new_code_cell("x", outputs=list(outputs), execution_count=7)])
    normalize(notebook)
    return notebook.cells[0].outputs


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def test_pieces_of_a_stream_become_one():
    pieces = [stream("a\n"), stream("x\n", "stderr"), stream("b"), stream("c\n"), stream("y\n", "stderr")]
    assert [(o.name, o.text) for o in notebook_with(*pieces)] == [("stdout", "a\nbc\n"), ("stderr", "x\ny\n")]


def test_what_a_carriage_return_overwrote_is_gone():
    assert notebook_with(stream("10%\r50%"), stream("\r100%\ndone\n"))[0].text == "100%\ndone\n"


def test_a_widget_leaves_what_can_be_read_without_it():
    output = new_output(
        "display_data",
        {WIDGET_VIEW: {"model_id": "1"}, "text/plain": "a slider", "image/png": "QQ=="},
        metadata={"image/png": {"alt": "a slider"}, WIDGET_VIEW: {"colab": 1}},
    )
    (kept,) = notebook_with(output)
    assert dict(kept.data) == {"image/png": "QQ==", "text/plain": "a slider"}
    assert kept.metadata == {"image/png": {"alt": "a slider"}}


def test_metadata_of_front_ends_is_dropped_and_ours_is_kept():
    cell = new_code_cell("1", metadata={"tags": ["slow"], "execution": {"a": "1"}, "collapsed": True, "vscode": {}})
    notebook = new_notebook(cells=[cell], metadata={"llmcourse": {"number": "04"}, "widgets": {}, "toc": 3})
    notebook.metadata.language_info = {"name": "python", "version": "3.11.9"}
    normalize(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "llmcourse"}
    assert "version" not in notebook.metadata.language_info
    assert notebook.cells[0].metadata == {"tags": ["slow"]}


def test_counts_run_from_1_and_empty_cells_are_dropped():
    result = new_output("execute_result", {"text/plain": "3"}, execution_count=9)
    cells = [new_code_cell("1"), new_code_cell(" \n"), new_markdown_cell("text"), new_code_cell("3", outputs=[result])]
    notebook = new_notebook(cells=cells)
    normalize(notebook)
    assert [cell.get("execution_count") for cell in notebook.cells] == [1, None, 2]
    assert notebook.cells[2].outputs[0].execution_count == 2


def test_identities_come_from_the_text_and_differ():
    def ids(*sources):
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        normalize(notebook)
        return [cell.id for cell in notebook.cells]

    assert ids("a", "b") == ids("a", "b")
    assert ids("a", "new", "b") == [ids("a")[0], ids("new")[0], ids("b")[0]]
    assert len(set(ids("a", "a", "a"))) == 3


def test_twice_is_once():
    notebook = new_notebook(
        cells=[new_code_cell("x", outputs=[stream("<f at 0x7f00aa>\n/tmp/ipykernel_1/2.py:3: no\n")])]
    )
    normalize(notebook)
    once = copy.deepcopy(notebook)
    normalize(notebook)
    assert notebook == once
    assert once.cells[0].outputs[0].text == "<f at ADDRESS>\nTEMPORARY:3: no\n"


@given(st.lists(st.sampled_from(["at 0x7fab12", "/tmp/a1/b.py", "/x/site-packages", "C:\\a\\Temp\\b", " ", "é", "\n"])))
def test_steady_text_is_steady(parts):
    text = "".join(parts)
    assert steady_text(steady_text(text)) == steady_text(text)


def test_other_text_stays():
    text = "at 4, 0xff, a/b, 12345678-1234, site-package, /templates/x, ratio 3:/4"
    assert steady_text(text) == text


def test_pictures_stay_as_they_are():
    picture = "QUFB/tmp/AAAA"
    assert notebook_with(new_output("display_data", {"image/png": picture}))[0].data["image/png"] == picture
