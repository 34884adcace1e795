"""Turn what a run has reported into the outcome of each exercise, with what the teacher should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from llmcourse.classroom.apart import Findings
from llmcourse.classroom.cells import Cell
from llmcourse.classroom.limits import OUT_OF_MEMORY
from llmcourse.course.outcome import Kind


def judge(key: str, cells: Sequence[Cell], findings: Findings) -> tuple[Kind, str, str, list[str]]:
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


def remarks_on_the_run(cells: Sequence[Cell], findings: Findings) -> Iterator[str]:
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
