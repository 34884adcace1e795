"""A class of thirty, made by program: what each has handed in, the points each should get, and what is odd about it.

The assignment is chapter 04 without what its exercises do not need. Its four exercises are worth a point for each dot:
softmax 1, attention 2, causal_mask 1, previous_token 3.
"""

import ast
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from llmcourse.classroom.names import needed_for
from llmcourse.course.chapters import content, find_exercise
from llmcourse.course.files import notebook_paths, read_notebook
from llmcourse.course.solve import exercise_key
from llmcourse.course.source import solution_source

NUMBER = "04"
POINTS = {"softmax": 1, "attention": 2, "causal_mask": 1, "previous_token": 3}
NEIGHBOUR = "neighbour"  # the student whose answers another one is after


@dataclass(frozen=True)
class Submission:
    """What one student has handed in."""

    student: str
    what: str
    file: bytes  # the contents of the .ipynb
    points: dict[str, int]  # exercise key: the points expected
    remarks: tuple[str, ...] = ()  # words that have to stand in what the teacher is told; none: nothing is to be told

    @property
    def total(self) -> int:
        return sum(self.points.values())


def handed_out() -> NotebookNode:
    """The assignment as learners get it: chapter 04's beginning, its exercises and their checks."""
    (path,) = notebook_paths([NUMBER])
    notebook = read_notebook(path)
    tagged = [cell for cell in notebook.cells if any(":" in tag for tag in cell.metadata.get("tags", []))]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = [
        new_markdown_cell("# Attention, in short", id="title"),
        code[0],
        new_code_cell("import torch", id="torch"),
    ]
    notebook.cells += tagged
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


@cache
def right(key: str) -> str:
    """The answer key's code for an exercise."""
    return solution_source(find_exercise(NUMBER, key))


def mistakes(key: str) -> dict[str, str]:
    """The known mistakes of an exercise, by name, each as code that a learner could have written."""
    exercise = find_exercise(NUMBER, key)
    module = next(
        sys.modules[name]
        for name, value in list(sys.modules.items())
        if name.startswith(content(NUMBER).__name__ + ".") and exercise in vars(value).values()
    )
    body = ast.parse(inspect.getsource(module)).body
    found = {}
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.keyword) and node.arg == "known_mistakes":
            for name, entry in zip(node.value.keys, node.value.values, strict=True):
                wrong = ast.parse(f"{exercise.answer.__name__} = {ast.unparse(entry.elts[0])}").body
                found[name.value] = "\n\n".join(map(ast.unparse, needed_for(exercise.answer.__name__, body + wrong)))
    assert found.keys() == exercise.known_mistakes.keys()
    return found


def write(answers: dict[str, str], edit: Callable[[NotebookNode], None] | None = None) -> bytes:
    """A notebook with these answers in their cells, edited further if wanted."""
    notebook = handed_out()
    for cell in notebook.cells:
        if (key := exercise_key(cell)) in answers:
            cell.source = answers[key]
    if edit:
        edit(notebook)
    return nbformat.writes(notebook).encode()


def cell_of(notebook: NotebookNode, tag: str) -> NotebookNode:
    """The cell with this tag."""
    return next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", []))


def all_right() -> dict[str, str]:
    return {key: right(key) for key in POINTS}


def points(*keys: str) -> dict[str, int]:
    """Full points for these exercises, none for the others."""
    return {key: worth if key in keys else 0 for key, worth in POINTS.items()}


def others(*keys: str) -> dict[str, int]:
    """Full points for all exercises but these."""
    return points(*(key for key in POINTS if key not in keys))


def class_of_thirty() -> list[Submission]:
    """The whole class, in the order in which a teacher would tell of it."""
    made = [*_as_it_should_be(), *_wrong(), *_troublesome(), *_rearranged(), *_too_clever(), *_no_notebooks()]
    assert len(made) == 30
    return made


def _as_it_should_be() -> list[Submission]:
    everything = points(*POINTS)
    own_cells = write(all_right() | {"softmax": HELPED, "attention": ""}, _into_cells_of_their_own)
    return [
        Submission(NEIGHBOUR, "right: the answer key's own code", write(all_right()), everything),
        Submission("unusual", "right in unusual ways: lambda, class, list, warnings", write(UNUSUAL), everything),
        Submission(
            "own_cells",
            "right: a helper and an answer in cells of their own",
            own_cells,
            everything,
            ("taken along", "that one counts"),
        ),
        Submission("blank", "blank, as it was handed out", write({}), points()),
    ]


def _wrong() -> list[Submission]:
    """Each known mistake of each exercise, one of each per student, until all have been made."""
    by_key = {key: mistakes(key) for key in POINTS}
    made = []
    for number in range(max(map(len, by_key.values()))):
        chosen = {key: list(known)[number % len(known)] for key, known in by_key.items()}
        answers = {key: by_key[key][name] for key, name in chosen.items()}
        made.append(
            Submission(f"mistakes_{number + 1:02d}", f"wrong: {'; '.join(chosen.values())}", write(answers), points())
        )
    return made


def _troublesome() -> list[Submission]:
    def instead(**answers: str) -> bytes:
        return write(all_right() | answers)

    return [
        Submission(
            "raising",
            "raises in a function, raises in a cell, ends the process",
            instead(softmax=RAISES, attention="raise RuntimeError('before anything was defined')", causal_mask=QUITS),
            points("previous_token"),
            ("ended the process",),
        ),
        Submission(
            "looping",
            "loops for ever in a function, and in a cell",
            instead(softmax="while True:\n    pass", attention=LOOPS),
            others("softmax", "attention"),
            ("more than",),
        ),
        Submission("memory", "eats memory", instead(causal_mask=EATS_MEMORY), others("causal_mask"), ("memory",)),
        Submission("printing", "prints 100 MB", instead(softmax=PRINTS), others("softmax"), ("printed more than",)),
    ]


def _rearranged() -> list[Submission]:
    def delete(notebook: NotebookNode) -> None:
        gone = [cell_of(notebook, tag) for tag in ("exercise:attention", "check:softmax", "check:attention")]
        notebook.cells = [cell for cell in notebook.cells if cell not in gone]

    def double(notebook: NotebookNode) -> None:
        for tag, source in (("exercise:softmax", mistakes("softmax")["overflow"]), ("check:causal_mask", None)):
            cell = cell_of(notebook, tag)
            copy = nbformat.from_dict(cell)
            copy.id, copy.source = f"{cell.id}-copy", source or cell.source
            notebook.cells.insert(notebook.cells.index(cell) + 1, copy)

    def retype(notebook: NotebookNode) -> None:
        for tag, kind in (
            ("exercise:softmax", "markdown"),
            ("exercise:attention", "raw"),
            ("check:attention", "markdown"),
        ):
            cell = cell_of(notebook, tag)
            cell.cell_type = kind
            del cell["outputs"], cell["execution_count"]

    def edit_check(notebook: NotebookNode) -> None:
        cell_of(notebook, "check:attention").source = "print('✓ Correct: Scaled dot-product attention')"
        cell_of(notebook, "check:softmax").source = "exercise = exercises('04')"

    wrong = {"attention": mistakes("attention")["not scaled"]}
    return [
        Submission(
            "deleted",
            "cells deleted: an exercise and two checks",
            write(all_right(), delete),
            others("attention"),
            ("cell is missing", "check is missing"),
        ),
        Submission(
            "doubled",
            "cells duplicated: a wrong answer after the right one, and a check",
            write(all_right(), double),
            others("softmax"),
            ("is there 2 times: the last", "its check is there 2 times"),
        ),
        Submission(
            "retyped",
            "cells retyped: answers as text and as raw, a check as text",
            write(all_right(), retype),
            points(*POINTS),
            ("turned into markdown", "turned into raw", "check was edited"),
        ),
        Submission(
            "edited_check",
            "wrong answer, and a check that was edited to say ✓",
            write(all_right() | wrong, edit_check),
            others("attention"),
            ("check was edited",),
        ),
    ]


def _too_clever() -> list[Submission]:
    return [
        Submission(
            "answer_key",
            "imports the answer key: by name, in a hidden way, through the check; and once only to compare",
            write(ANSWER_KEY),
            points("previous_token"),
            ("softmax: its answer is the course's own", "attention: its answer is the course's own", "does not use it"),
        ),
        Submission(
            "patching",
            "changes the check: by name, and out of sight",
            write(PATCHED),
            points("previous_token"),
            ("changes the course's own code", "which the checks use"),
        ),
        Submission(
            "reading",
            "tries to read a neighbour's file and to run what stands in it",
            write({"softmax": READS_NEIGHBOUR, "causal_mask": right("causal_mask")}),
            points("causal_mask"),
            ("outside its folder", "exec"),
        ),
    ]


def _no_notebooks() -> list[Submission]:
    whole = write(all_right())
    return [
        Submission(
            "cut_off", "no JSON: cut off in the middle", whole[: len(whole) // 2], points(), ("is no notebook",)
        ),
        Submission("a_list", "JSON, but no notebook", json.dumps([1, 2, 3]).encode(), points(), ("is no notebook",)),
    ]


def _into_cells_of_their_own(notebook: NotebookNode) -> None:
    """A helper below its use, and an answer typed into a new cell while the cell for it is gone."""
    helper = new_code_cell(
        "import functools\n\ndef shifted(x, dim):\n    return x - x.amax(dim, keepdim=True)", id="my-helper"
    )
    answer = new_code_cell(right("attention"), id="my-answer")
    gone = cell_of(notebook, "exercise:attention")
    place = notebook.cells.index(gone)
    notebook.cells[place : place + 1] = [helper, answer]


HELPED = """
def softmax(x, dim):
    powers = shifted(x, dim).exp()
    return powers / powers.sum(dim, keepdim=True)
"""

UNUSUAL = {
    "softmax": "softmax = lambda x, dim: torch.nn.functional.softmax(x, dim=dim)",
    "attention": '''
import math, warnings

class Attention:
    """Can be called, and complains while it works."""

    def __call__(self, q, k, v, mask=None):
        warnings.warn("this is slow")
        scores = torch.einsum("...qd,...kd->...qk", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            scores = torch.where(mask, scores, -math.inf)
        w = torch.nn.functional.softmax(scores, dim=-1)
        return [torch.einsum("...qk,...kd->...qd", w, v), w]

scaled_dot_product_attention = Attention()
''',
    "causal_mask": """
import sys
print("a word on stderr", file=sys.stderr)

def causal_mask(n):
    return torch.tensor([[column <= row for column in range(n)] for row in range(n)])
""",
    "previous_token": """
def previous_token_head(n):
    angle = torch.arange(n, dtype=torch.float64) * torch.pi / n
    circle = lambda a: torch.stack([a.cos(), a.sin()], dim=1)
    return 1e6 * circle(angle - torch.pi / n), circle(angle)
""",
}

RAISES = "def softmax(x, dim):\n    return x / {}['nothing']"
LOOPS = "def scaled_dot_product_attention(q, k, v, mask=None):\n    while True:\n        pass"
QUITS = "import os\n\ndef causal_mask(n):\n    os._exit(0)"
EATS_MEMORY = """
def causal_mask(n):
    kept = []
    while True:
        kept.append(torch.ones(50_000_000, dtype=torch.uint8))
"""
PRINTS = """
for _ in range(1_000):
    print("x" * 100_000)

def softmax(x, dim):
    return x.softmax(dim)
"""

ANSWER_KEY = {
    "softmax": "from llmcourse.model.softmax import softmax",
    "attention": """
import importlib

parts = importlib.import_module("llmcourse.model.attention")

def scaled_dot_product_attention(q, k, v, mask=None):
    return parts.scaled_dot_product_attention(q, k, v, mask)
""",
    "causal_mask": "causal_mask = exercises('04').causal_mask.exercise.answer",
    "previous_token": "from llmcourse.analysis.handmade import previous_token_head as theirs\n\n",
}
ANSWER_KEY["previous_token"] += """
import math

def previous_token_head(n):
    return math.log(19 * n) * math.sqrt(n) * torch.eye(n).roll(1, dims=0), torch.eye(n)

print([torch.equal(mine, right) for mine, right in zip(previous_token_head(4), theirs(4))])
"""

PATCHED = {
    "softmax": """
from llmcourse.course import checking, outcome
checking.check_answer = lambda exercise, answer: outcome.Outcome(outcome.Kind.CORRECT, exercise.title)

def softmax(x, dim):
    return x
""",
    "attention": """
class exercise:
    class attention:
        check = staticmethod(lambda answer: print("✓ Correct"))

def scaled_dot_product_attention(q, k, v, mask=None):
    return v, q @ k.mT
""",
    "causal_mask": "def causal_mask(n):\n    return True",
    "previous_token": right("previous_token"),
}

READS_NEIGHBOUR = f"""
import glob, json

def softmax(x, dim):
    raise NotImplementedError

for place in ("../../{NEIGHBOUR}/*/*.ipynb", "../{NEIGHBOUR}/*.ipynb", "../{NEIGHBOUR}*"):
    for file in glob.glob(place):
        for cell in json.load(open(file))["cells"]:
            if "softmax(x" in "".join(cell["source"]):
                exec("".join(cell["source"]))
"""
