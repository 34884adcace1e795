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
from typing import Any

from nbformat import NotebookNode

from llmcourse.classroom.apart import Findings, run_apart
from llmcourse.classroom.assignment import points_of
from llmcourse.classroom.cells import Cell, setup_of
from llmcourse.classroom.gather import Submission
from llmcourse.classroom.intake import Intake, check_key, take_in
from llmcourse.classroom.limits import Limits
from llmcourse.course.chapters import find_exercise
from llmcourse.course.outcome import Kind
from llmcourse.course.solve import exercise_key

OUT_OF_MEMORY = ("MemoryError", "can't allocate memory")  # Python's words, and PyTorch's


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
    number = str(original.metadata.get("llmcourse", {}).get("number", ""))
    attempted = {key for key, answer in taken.answers.items() if answer} - set(taken.forfeited)
    cells = list(_cells_to_run(taken.notebook, attempted))
    findings = run_apart(number, cells, limits, cancelled) if attempted else Findings()
    results = [_result(number, key, taken, cells, findings) for key in taken.answers]
    general = [remark.text for remark in taken.remarks if not remark.key]
    return Grade(
        submission.student,
        submission.notebook,
        str(original.metadata.get("llmcourse", {}).get("title", submission.notebook)),
        tuple(results),
        (*submission.remarks, *general, *_remarks_on_the_run(cells, findings)),
        tuple(findings.missing_walls),
    )


def _grade_whatever_happens(
    submission: Submission, original: NotebookNode, limits: Limits, cancelled: threading.Event
) -> Grade:
    """A submission over which the grading itself stumbles gets no points and a remark; the next one has its turn."""
    try:
        return grade(submission, original, limits, cancelled)
    except Exception as error:
        number = str(original.metadata.get("llmcourse", {}).get("number", ""))
        keys = [key for cell in original.cells if (key := exercise_key(cell))]
        exercises = [find_exercise(number, key) for key in keys]
        results = [Result(e.key, e.title, 0, points_of(e), Kind.ERROR, "It could not be graded.") for e in exercises]
        words = f"could not be graded ({type(error).__name__}: {error})"
        return Grade(submission.student, submission.notebook, submission.notebook, tuple(results), (words,))


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
        kind, diagnosis, line, more = _judgement(key, cells, findings)
        remarks += more
    points = points_of(exercise) if kind is Kind.CORRECT else 0
    return Result(key, exercise.title, points, points_of(exercise), kind, diagnosis, line, answer, tuple(remarks))


def _judgement(key: str, cells: Sequence[Cell], findings: Findings) -> tuple[Kind, str, str, list[str]]:
    """The outcome, its diagnosis, the learner's line, and what the teacher should know."""
    answer = next((place for place, cell in enumerate(cells) if cell.exercise == key), -1)
    check = next((place for place, cell in enumerate(cells) if cell.check == key), -1)
    for place, where in ((answer, "its cell was stopped"), (check, "its check was stopped")):
        if why := findings.stopped.get(place):
            return Kind.ERROR, _sentence(f"{where}: {why}"), "", [f"{where}: {why}"]
    raised = findings.errors.get(answer, "")
    remarks = [f"its cell raised an error: {raised}"] if raised else []
    heard = findings.outcomes.get(key)
    if heard is None:
        problem = findings.failure or findings.errors.get(check) or "it was not reached"
        remarks.append(f"its check could not be run: {problem}")
        return Kind.ERROR, _sentence(remarks[0]), "", remarks
    return _judgement_of_check(heard, remarks)


def _judgement_of_check(heard: dict[str, Any], remarks: list[str]) -> tuple[Kind, str, str, list[str]]:
    kind, diagnosis, line = Kind[heard["kind"]], heard["diagnosis"], heard["line"]
    if heard["is_answer_key"]:
        remark = "its answer is the course's own, not written by the learner"
        return Kind.WRONG, f"No points, for {remark}.", "", [*remarks, remark]
    if heard["fooled"]:
        remark = "it has changed how answers are checked: a known mistake passes as well"
        return Kind.WRONG, f"No points, for {remark}.", "", [*remarks, remark]
    if kind is Kind.ERROR and any(word in diagnosis for word in OUT_OF_MEMORY):
        remarks = [*remarks, "it used more memory than it may"]
    return kind, diagnosis, line, remarks


def _remarks_on_the_run(cells: Sequence[Cell], findings: Findings) -> Iterator[str]:
    """What happened outside of exercises and checks."""
    if findings.failure:
        yield f"it could not be run: {findings.failure}"
    for what, verb in ((findings.errors, "raised"), (findings.stopped, "was stopped:")):
        for place, words in what.items():
            cell = cells[place]
            if not cell.exercise and not cell.check:
                first_line = next(iter(cell.source.strip().splitlines()), "")
                yield f"the notebook's own cell `{first_line[:60]}` {verb} {words}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
