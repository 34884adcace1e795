"""The page that a student gets back: each exercise with its outcome, what is wrong and why, and the code handed in."""

from __future__ import annotations

from collections.abc import Sequence

from llmcourse.classroom.grading import Grade, Result
from llmcourse.classroom.pages import bullets, code, outcome, page, table, text
from llmcourse.course.display import counted


def student_page(student: str, grades: Sequence[Grade]) -> str:
    """One page for all the notebooks of one student."""
    points, out_of = sum(grade.points for grade in grades), sum(grade.out_of for grade in grades)
    parts = [f"<h1>{text(student)}</h1>", f"<p><strong>{points} of {out_of} points</strong></p>"]
    parts += [_notebook(grade) for grade in grades]
    return page(f"{student}: {points} of {out_of} points", "\n".join(parts))


def _notebook(grade: Grade) -> str:
    heading = f"<h2>{text(grade.title)}</h2>\n<p>{text(grade.notebook)}.ipynb: {_of(grade)}</p>"
    remarks = f'<div class="remark"><p>To be noted:</p>{bullets(grade.remarks)}</div>' if grade.remarks else ""
    overview = table(
        "The exercises",
        ("Exercise", "Outcome", "Points"),
        [(text(result.title), outcome(result.kind), f"{result.points} of {result.out_of}") for result in grade.results],
        ("name", "words", "number"),
    )
    return "\n".join([heading, remarks, overview, *map(_exercise, grade.results)])


def _exercise(result: Result) -> str:
    parts = [f"<h3>{text(result.title)}</h3>"]
    found = [f"<p><strong>{outcome(result.kind)}</strong>, {_of(result)}</p>"]
    found += [f"<p>{text(line)}</p>" for line in result.diagnosis.splitlines() if line.strip()]
    if result.line:
        found.append(code(result.line, f"Where it happened, {result.title}"))
    parts.append(f'<div class="found" style="--edge: {result.kind.value[2]}">{"".join(found)}</div>')
    said = result.diagnosis.casefold()
    if remarks := [remark for remark in result.remarks if remark.casefold() not in said]:
        parts.append(f'<div class="remark"><p>To be noted:</p>{bullets(remarks)}</div>')
    if result.code.strip():
        parts.append(code(result.code.strip("\n"), f"Your code, {result.title}"))
    return "\n".join(parts)


def _of(graded: Grade | Result) -> str:
    return f"{graded.points} of {counted(graded.out_of, 'point')}"
