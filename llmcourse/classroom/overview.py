"""The teacher's page: first what a person should look at, then all grades, then what the class found hard."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from llmcourse.classroom.gather import Stray
from llmcourse.classroom.grading import Grade
from llmcourse.classroom.pages import bullets, outcome, page, sign, table, text
from llmcourse.course.display import counted
from llmcourse.course.outcome import Kind


def overview_page(title: str, grades: Sequence[Grade], strays: Sequence[Stray], files: Mapping[str, str]) -> str:
    """The page for the teacher.

    Args:
        title: what was graded.
        strays: what could not be graded at all.
        files: by student, the place of the page of this student.
    """
    students = {grade.student for grade in grades} | {stray.student for stray in strays}
    parts = [
        f"<h1>{text(title)}</h1>",
        f"<p>{counted(len(grades), 'notebook')} of {counted(len(students), 'student')}.</p>",
        _to_look_at(grades, strays, files),
    ]
    for notebook in dict.fromkeys(grade.notebook for grade in grades):
        of_this = [grade for grade in grades if grade.notebook == notebook]
        parts += [f"<h2>{text(of_this[0].title)}</h2>", _grades(of_this, files), _legend(), _exercises(of_this)]
    parts.append(_limits(grades))
    return page(title, "\n".join(parts))


def _to_look_at(grades: Sequence[Grade], strays: Sequence[Stray], files: Mapping[str, str]) -> str:
    odd = [grade for grade in grades if grade.all_remarks]
    if not odd and not strays:
        return "<h2>To look at</h2>\n<p>Nothing: every submission could be read and run as it was.</p>"
    items = [f"<li><strong>{text(stray.student)}</strong>{bullets([stray.reason])}</li>" for stray in strays]
    for grade in odd:
        what = f"{text(grade.notebook)}, {grade.points} of {grade.out_of} points"
        items.append(f"<li><strong>{_link(grade.student, files)}</strong>: {what}{bullets(grade.all_remarks)}</li>")
    return "<h2>To look at</h2>\n" + '<ul class="odd">' + "\n".join(items) + "</ul>"


def _grades(grades: Sequence[Grade], files: Mapping[str, str]) -> str:
    """One row for each student, one column for each exercise."""
    results = grades[0].results
    rows = [
        (
            _link(grade.student, files),
            *(f"{sign(result.kind)} {result.points}" for result in grade.results),
            f"{grade.points} of {grade.out_of}",
        )
        for grade in grades
    ]
    headings = ("Student", *(text(result.key) for result in results), "Points")
    return table("Points by student", headings, rows, ("name", *["short"] * len(results), "number"))


def _legend() -> str:
    return "<p>" + "; ".join(outcome(kind) for kind in Kind) + ".</p>"


def _exercises(grades: Sequence[Grade]) -> str:
    """How often each exercise was solved, and what went wrong most often."""
    rows = list(_by_exercise(grades))
    signs = list(map(sign, Kind))
    headings = ("Exercise", *signs, "What was said most often")
    return "<h3>Exercise by exercise</h3>\n" + table(
        "How many students got which outcome", headings, rows, ("name", *["number"] * len(signs), "wide")
    )


def _by_exercise(grades: Sequence[Grade]) -> Iterator[tuple[str, ...]]:
    for place, exercise in enumerate(grades[0].results):
        results = [grade.results[place] for grade in grades]
        kinds = Counter(result.kind for result in results)
        said = Counter(result.diagnosis for result in results if result.diagnosis and result.kind is not Kind.CORRECT)
        top, times = next(iter(said.most_common(1)), ("", 0))
        often = f"{times} times: {text(top)}" if times > 1 else "–"
        yield text(exercise.title), *(str(kinds[kind]) for kind in Kind), often


def _limits(grades: Sequence[Grade]) -> str:
    missing = sorted({wall for grade in grades for wall in grade.missing_walls})
    if not missing:
        return "<h2>How they were run</h2>\n<p>Each in a process of its own, without network and other files.</p>"
    return f"<h2>How they were run</h2>\n<p>Each in a process of its own. But on this machine:</p>{bullets(missing)}"


def _link(student: str, files: Mapping[str, str]) -> str:
    place = files.get(student)
    return f'<a href="{html.escape(quote(place))}">{text(student)}</a>' if place else text(student)
