"""The two pieces of `nbgrader autograde` that the course replaces. An exported `nbgrader_config.py` names them.

`TakeIn` stands where nbgrader reads a submission. nbgrader gives up on a file that is no JSON, and trusts the names
that cells carry; this reads whatever there is through `intake.py`, so all that nbgrader ever sees is the notebook as it
was handed out, with the learner's answers in it.

`RunChecks` stands where nbgrader runs the notebook. Its own kernel has no limit on memory, and a loop that it cannot
interrupt costs the student everything. This grades the submission as `llmcourse grade` does, in a process apart, and
writes under each check what came of it. From there on all is nbgrader's: points, gradebook, feedback, export.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Float, Integer

from llmcourse.classroom.gather import Submission
from llmcourse.classroom.grading import Result, grade
from llmcourse.classroom.intake import take_in
from llmcourse.classroom.limits import MIB, Limits
from llmcourse.classroom.remarks import replace_remarks
from llmcourse.course.outcome import Kind
from llmcourse.course.solve import check_key
from llmcourse.errors import CourseError


class TakeIn(NotebookExporter):
    """Reads a submission, whatever it is, as the assignment with the learner's answers in it."""

    def from_filename(self, filename: str, resources: Any = None, **words: Any) -> tuple[Any, Any]:
        """nbgrader calls it twice: for the file that was handed in, then for what was written of that."""
        autograde: Any = self.parent
        if not autograde._sanitizing:
            return super().from_filename(filename, resources, **words)
        who = resources["nbgrader"]
        original = handed_out(autograde.coursedir, who["assignment"], who["notebook"], self.config)
        return self.from_notebook_node(take_in(Path(filename), original).notebook, resources, **words)


class RunChecks(NbGraderPreprocessor):
    """Grades one submission and writes what came of it under each check."""

    seconds = Float(Limits.seconds, help="Seconds that one cell may take.").tag(config=True)
    memory_mb = Integer(Limits.memory // MIB, help="Megabytes of memory that a submission may take.").tag(config=True)
    output_mb = Float(Limits.output / MIB, help="Megabytes that one cell may print.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Called by nbgrader with the notebook that `TakeIn` made of the submission."""
        who = resources["nbgrader"]
        student, assignment, notebook = who["student"], who["assignment"], who["notebook"]
        course = self.parent.parent.coursedir
        file = Path(course.format_path(course.submitted_directory, student, assignment)) / f"{notebook}.ipynb"
        original = handed_out(course, assignment, notebook, self.config)
        limits = Limits(seconds=self.seconds, memory=self.memory_mb * MIB, output=int(self.output_mb * MIB))
        graded = grade(Submission(student, notebook, file), original, limits)
        remarks = [("", remark) for remark in graded.remarks]
        remarks += [(result.key, remark) for result in graded.results for remark in result.remarks]
        for key, remark in remarks:
            self.log.warning("%s, %s: %s", student, key or "the whole", remark)
        for missing in graded.missing_walls:
            self.log.warning("Not on this machine: %s", missing)
        replace_remarks(Path(course.root), assignment, student, notebook, remarks)
        if graded.failure:  # better no grade, and nbgrader's complaint, than none of the points
            raise CourseError(f"nothing of {student} could be run on this machine: {graded.failure}")
        write_outcomes(nb, {result.key: result for result in graded.results})
        return nb, resources


def handed_out(course: CourseDirectory, assignment: str, notebook: str, config: Any) -> NotebookNode:
    """The teacher's version with its solutions cut out, as `nbgrader generate_assignment` cuts them out."""
    source = Path(course.format_path(course.source_directory, ".", assignment)) / f"{notebook}.ipynb"
    blank, _ = ClearSolutions(config=config).preprocess(nbformat.read(source, as_version=4), {})
    return blank


def write_outcomes(notebook: NotebookNode, results: dict[str, Result]) -> None:
    """Put under each check what came of it.

    Raises:
        CourseError: there is another autograded cell, which nothing has run: nbgrader would give all points for it.
    """
    for cell in notebook.cells:
        key = check_key(cell) or ""
        if key in results:
            cell.outputs, cell.execution_count = [_output(results[key])], None
        elif is_grade(cell) and not is_solution(cell):
            name = cell.metadata.nbgrader.grade_id
            raise CourseError(
                f"cell {name!r} is none of the course's checks: take it out of source/, or grade it by hand"
            )


def _output(result: Result) -> NotebookNode:
    """nbgrader gives no points for a cell with an error under it, and all of them for one without."""
    heading = f"{result.kind.sign} {result.kind.words}: {result.title}"
    lines = "\n".join(filter(None, [heading, result.diagnosis, result.line and f"    {result.line}"]))
    if result.kind is Kind.CORRECT:
        return new_output("stream", name="stdout", text=f"{lines}\n")
    return new_output("error", ename=result.kind.words, evalue=result.title, traceback=lines.splitlines())
