"""Take one submitted notebook in: the learner's answers, put into a copy of the notebook that was handed out.

Of a submission only the answers count. Checks, texts and all other cells are those that the teacher handed out,
whatever has become of them: deleted, edited, doubled or turned into text. What is out of the ordinary is said in a
`Remark`, in words for the teacher.

An answer is found by the name of its cell (the tag `exercise:KEY`, nbgrader's `exercise-KEY`, or the cell's id), else
by what it defines. Helper functions and imports that it needs from cells of the learner's own come along.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from llmcourse.classroom.names import BUILTINS, defined_by, defined_in, needed_for, parse, syntax_problem, used_by
from llmcourse.classroom.roles import checked_name, plain, role_of
from llmcourse.classroom.submission import SubmittedCell, read_cells
from llmcourse.classroom.suspicion import suspicions
from llmcourse.course.solve import check_key, exercise_key
from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Remark:
    """Something that the teacher should know about a submission, in one sentence."""

    text: str
    key: str = ""  # of the exercise that it is about; "" for the whole submission
    forfeits: bool = False  # this exercise gets no points for this reason, and its code is not run


@dataclass(frozen=True)
class Intake:
    """What came of taking a submission in."""

    notebook: NotebookNode  # the notebook that was handed out, with the learner's answers and without outputs
    answers: dict[str, str]  # exercise key: the learner's code for it, with the helpers that it needs; "" where blank
    remarks: list[Remark] = field(default_factory=list)
    readable: bool = True

    @property
    def forfeited(self) -> dict[str, str]:
        """The exercises that get no points whatever their check would say, each with the reason."""
        return {remark.key: remark.text for remark in self.remarks if remark.forfeits}


def take_in(submitted: Path, original: NotebookNode) -> Intake:
    """Take the submission at `submitted` in. Never raises for what stands in it.

    Args:
        submitted: the file; it may be anything.
        original: the notebook as it was handed out, with blank exercises.
    """
    notebook = without_outputs(original)
    blanks = {key: cell for cell in notebook.cells if (key := exercise_key(cell))}
    try:
        cells = read_cells(submitted)
    except CourseError as error:
        return Intake(notebook, dict.fromkeys(blanks, ""), [Remark(f"it {error}")], readable=False)

    taken = _Taken(cells, notebook)
    remarks = [*_about_checks(cells, notebook)]
    _take_written_answers(cells, notebook)
    answers = {}
    for key, blank in blanks.items():
        answer, about = taken.answer(key, blank)
        remarks += about
        answers[key] = answer
        if any(remark.forfeits for remark in about):
            blank.source = _set_aside(answer, blank.source)
        elif answer:
            blank.source = answer
    return Intake(notebook, answers, remarks)


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook in which no cell has an output."""
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


class _Taken:
    """The cells of a submission, sorted out: which hold answers, which are as they were handed out, which are new."""

    def __init__(self, cells: Sequence[SubmittedCell], original: NotebookNode):
        self.cells = cells
        self.original = original
        handed_out = {plain(cell.source) for cell in original.cells}
        self.own = [
            cell
            for cell in cells
            if cell.kind == "code" and not role_of(cell) and plain(cell.source) not in handed_out | {""}
        ]
        self.names = {key: checked_name(cell.source) for cell in original.cells if (key := check_key(cell))}

    def answer(self, key: str, blank: NotebookNode) -> tuple[str, list[Remark]]:
        """The learner's code for one exercise, "" if there is none, and what is odd about it."""
        source, odd = self._find(key, blank)
        if not source:
            return "", [Remark(text, key) for text in odd]
        helpers = self._helpers(source, blank)
        if helpers:
            odd.append("it uses what another cell of the learner's own defines, which was taken along")
            source = "\n".join([*helpers, source])
        if problem := syntax_problem(source):
            odd.append(f"it is no Python: {problem}")
        number = str(self.original.metadata.get("llmcourse", {}).get("number", ""))
        strange = suspicions(source, number, key, self.names.get(key, ""), self._defined_before(blank))
        return source, [*(Remark(text, key) for text in odd), *(Remark(text, key, lost) for text, lost in strange)]

    def _find(self, key: str, blank: NotebookNode) -> tuple[str, list[str]]:
        """The source of the cell that holds the answer, and what is odd about where it was found."""
        mine = [cell for cell in self.cells if role_of(cell) == f"exercise:{key}"]
        mine = mine or [cell for cell in self.cells if cell.cell_id and cell.cell_id == blank.get("id")]
        written = [cell for cell in mine if plain(cell.source) not in ("", plain(blank.source))]
        odd = []
        if len(mine) > 1:
            odd.append(f"its cell is there {len(mine)} times: the last one that is filled in counts")
        if written:
            if written[-1].kind != "code":
                odd.append(f"its cell was turned into {written[-1].kind or 'nothing known'}: it counts as code")
            return written[-1].source, odd
        name = self.names.get(key, "")
        elsewhere = [cell for cell in self.own if name and name in defined_in(cell.source)]
        if elsewhere:
            missing = "its cell is missing" if not mine else "its cell is blank"
            return elsewhere[-1].source, [*odd, f"{missing}, but another cell defines `{name}`: that one counts"]
        return "", odd if mine else [*odd, "its cell is missing: it counts as not attempted"]

    def _helpers(self, source: str, blank: NotebookNode) -> list[str]:
        """The statements from the learner's own cells that this answer needs and nothing before it provides."""
        tree = parse(source)
        if tree is None:
            return []
        provided = BUILTINS | self._defined_before(blank) | set().union(*map(defined_by, tree.body))
        statements: list[ast.stmt] = [
            statement
            for cell in self.own
            if plain(cell.source) != plain(source) and (own := parse(cell.source))
            for statement in own.body
            if isinstance(statement, _DEFINITIONS) and not defined_by(statement) & provided
        ]
        wanted = used_by(tree.body) - provided
        needed = [statement for name in sorted(wanted) for statement in needed_for(name, statements)]
        in_order = [statement for statement in statements if statement in needed]
        return [ast.unparse(statement) for statement in in_order]

    def _defined_before(self, blank: NotebookNode) -> set[str]:
        """The names that the notebook itself defines above this exercise."""
        found: set[str] = set()
        for cell in self.original.cells:
            if cell is blank or cell.get("id") == blank.get("id"):
                break
            if cell.cell_type == "code":
                found |= defined_in(cell.source)
        return found


_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
)


def _about_checks(cells: Sequence[SubmittedCell], original: NotebookNode) -> list[Remark]:
    remarks = []
    for cell in original.cells:
        if key := check_key(cell):
            found = [mine for mine in cells if role_of(mine) == f"check:{key}"]
            found = found or [mine for mine in cells if mine.cell_id and mine.cell_id == cell.get("id")]
            if not found:
                remarks.append(Remark("its check is missing: the original was used", key))
            elif any(plain(mine.source) != plain(cell.source) or mine.kind != "code" for mine in found):
                remarks.append(Remark("its check was edited: the original was used", key))
            elif len(found) > 1:
                remarks.append(Remark(f"its check is there {len(found)} times: the original was used, once", key))
    return remarks


def _take_written_answers(cells: Sequence[SubmittedCell], notebook: NotebookNode) -> None:
    """Questions that the teacher has added with nbgrader, to be answered in words and graded by hand."""
    for cell in notebook.cells:
        role = cell.metadata.get("nbgrader", {})
        found = [mine.source for mine in cells if mine.grade_id and mine.grade_id == role.get("grade_id")]
        if role.get("solution") and not exercise_key(cell) and found:
            cell.source = found[-1]


def _set_aside(answer: str, blank: str) -> str:
    """The blank, with the answer above it for a reader's eyes: it is not to be run."""
    lines = "\n".join(f"# {line}".rstrip() for line in answer.splitlines())
    return f"# This answer was set aside and not run:\n{lines}\n\n{blank}"
