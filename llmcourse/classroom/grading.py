"""Grade submissions: take each one in, run it in a process of its own, and turn what its checks said into points.

What is run is the notebook as it was handed out, from its beginning to the last check that has an answer, with the
learner's answers in it: an answer finds all that it found when it was written. An exercise earns all of its points or
none. Exercises do not depend on each other: what one of them breaks, takes too long or eats up costs its own points
only. Whatever a person should look at is a remark.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from nbformat import NotebookNode

from llmcourse.classroom.apart import Findings, run_apart
from llmcourse.classroom.assignment import points_of
from llmcourse.classroom.cells import Cell, setup_of
from llmcourse.classroom.gather import Submission
from llmcourse.classroom.intake import Intake, take_in
from llmcourse.classroom.judging import judge, remarks_on_the_run
from llmcourse.classroom.limits import Limits
from llmcourse.course.chapters import find_exercise
from llmcourse.course.outcome import Kind
from llmcourse.course.solve import check_key, exercise_key


@dataclass(frozen=True)
class Result:
    """What one exercise is worth, and why."""

    key: str
    title: str
    points: int
    out_of: int
    kind: Kind
    diagnosis: str = ""
    line: str = ""  # of the learner's code, which raised an error
    code: str = ""  # the learner's
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grade:
    """What one submission is worth."""

    student: str
    notebook: str
    title: str
    results: tuple[Result, ...]
    remarks: tuple[str, ...] = ()  # on the whole submission
    missing_walls: tuple[str, ...] = ()
    failure: str = ""  # why nothing could be run at all, which is this machine's fault and not the learner's

    @property
    def points(self) -> int:
        return sum(result.points for result in self.results)

    @property
    def out_of(self) -> int:
        return sum(result.out_of for result in self.results)

    @property
    def all_remarks(self) -> list[str]:
        """All that a person should look at, each with the exercise that it is about."""
        about_exercises = [f"{result.key}: {remark}" for result in self.results for remark in result.remarks]
        return [*self.remarks, *about_exercises]


def grade_all(
    submissions: Sequence[Submission],
    originals: Mapping[str, NotebookNode],
    limits: Limits,
    jobs: int = 1,
) -> Iterator[Grade]:
    """The grades in the order of the submissions, each as soon as it and those before it are known.

    Args:
        originals: the notebooks as they were handed out, by name.
        jobs: how many to run at a time.
    """
    cancelled = threading.Event()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        tasks = [
            pool.submit(_grade_whatever_happens, submission, originals[submission.notebook], limits, cancelled)
            for submission in submissions
        ]
        try:
            for task in tasks:
                yield task.result()
        except BaseException:  # Ctrl-C: end the runs that are under way, and begin no other
            cancelled.set()
            pool.shutdown(cancel_futures=True)
            raise


def grade(
    submission: Submission, original: NotebookNode, limits: Limits, cancelled: threading.Event | None = None
) -> Grade:
    """Grade one submission."""
    taken = take_in(submission.path, original)
    number = _about(original, "number")
    attempted = {key for key, answer in taken.answers.items() if answer} - set(taken.forfeited)
    cells = list(_cells_to_run(taken.notebook, attempted))
    findings = run_apart(number, cells, limits, cancelled) if attempted else Findings()
    results = [_result(number, key, taken, cells, findings) for key in taken.answers]
    general = [remark.text for remark in taken.remarks if not remark.key]
    return Grade(
        submission.student,
        submission.notebook,
        _title(original),
        tuple(results),
        (*submission.remarks, *general, *remarks_on_the_run(cells, findings)),
        tuple(findings.missing_walls),
        findings.failure,
    )


def _grade_whatever_happens(
    submission: Submission, original: NotebookNode, limits: Limits, cancelled: threading.Event
) -> Grade:
    """A submission over which the grading itself stumbles gets no points and a remark; the next one has its turn."""
    try:
        return grade(submission, original, limits, cancelled)
    except Exception as error:
        number = _about(original, "number")
        keys = [key for cell in original.cells if (key := exercise_key(cell))]
        exercises = [find_exercise(number, key) for key in keys]
        results = [Result(e.key, e.title, 0, points_of(e), Kind.ERROR, "It could not be graded.") for e in exercises]
        words = f"could not be graded ({type(error).__name__}: {error})"
        return Grade(submission.student, submission.notebook, _title(original), tuple(results), (words,))


def _cells_to_run(notebook: NotebookNode, attempted: set[str]) -> Iterator[Cell]:
    """The code cells down to the last check that has an answer to check; a blank needs none."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks = [place for place, cell in enumerate(code) if check_key(cell) in attempted]
    for cell in code[: max(checks, default=-1) + 1]:
        exercise, check = exercise_key(cell) or "", check_key(cell) or ""
        if check and check not in attempted:
            yield Cell(setup_of(cell.source))
        else:
            yield Cell(cell.source, exercise, check)


def _result(number: str, key: str, taken: Intake, cells: Sequence[Cell], findings: Findings) -> Result:
    """What one exercise is worth."""
    exercise = find_exercise(number, key)
    answer = taken.answers[key]
    remarks = [remark.text for remark in taken.remarks if remark.key == key]
    if key in taken.forfeited:
        kind, diagnosis, line = Kind.WRONG, f"No points, for {taken.forfeited[key]}.", ""
    elif not answer:
        kind, diagnosis, line = Kind.NOT_ATTEMPTED, "", ""
    else:
        kind, diagnosis, line, more = judge(key, cells, findings)
        remarks += more
    points = points_of(exercise) if kind is Kind.CORRECT else 0
    return Result(key, exercise.title, points, points_of(exercise), kind, diagnosis, line, answer, tuple(remarks))


def _title(notebook: NotebookNode) -> str:
    return f"{_about(notebook, 'number')} {_about(notebook, 'title')}".strip()


def _about(notebook: NotebookNode, what: str) -> str:
    return str(notebook.metadata.get("llmcourse", {}).get(what, ""))
