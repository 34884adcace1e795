"""The instructor's guide: for each chapter what a teacher wants to have beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from llmcourse.course.exercise import Exercise
from llmcourse.course.guide.anchors import link, page_anchor, readable
from llmcourse.course.guide.notes import Notes, Section
from llmcourse.course.guide.outline import Entry, fill, outline, read_text
from llmcourse.course.syllabus import PARTS


def instructors_page() -> str:
    """`docs/guide/instructors.md`: the introduction by hand, then the chapters by parts."""
    entries = outline()
    body = "\n".join(
        line for part in PARTS for line in _part(part.question, [c.number for c in part.chapters], entries)
    )
    return fill(read_text("instructors.md"), contents=_contents(entries), chapters=body.strip())


def chapter_heading(entry: Entry) -> str:
    """The heading of a chapter in the guide."""
    return f"Chapter {entry.number}: {entry.title}"


def chapter_link(entry: Entry, page: str = "") -> str:
    """A link to what the guide says of a chapter."""
    return link(f"{entry.number} {entry.title}", f"{page}#{page_anchor(chapter_heading(entry))}")


def _contents(entries: dict[str, Entry]) -> str:
    rows = ["| chapter | teaching | exercises | alone |", "|---|--:|--:|--:|"]
    for part in PARTS:
        rows.append(f"| **{part.question}** | | | |")
        for chapter in part.chapters:
            entry = entries[chapter.number]
            if notes := entry.notes:
                times = f"{notes.teaching_minutes} | {notes.exercise_minutes} | {notes.minutes}"
                rows.append(f"| {chapter_link(entry)} | {times} |")
            else:
                rows.append(f"| {entry.number} {entry.title} (planned) | | | |")
    return "\n".join(rows)


def _part(question: str, numbers: list[str], entries: dict[str, Entry]) -> Iterator[str]:
    yield f"\n## {question}\n"
    for number in numbers:
        entry = entries[number]
        if entry.notes:
            yield from _chapter(entry, entry.notes, entries)
        else:
            yield f"### {chapter_heading(entry)}\n\nThis chapter is planned: {entry.builds}; {entry.sees}.\n"


def _chapter(entry: Entry, notes: Notes, entries: dict[str, Entry]) -> Iterator[str]:
    yield f"### {chapter_heading(entry)}\n"
    yield (
        f"**{notes.teaching_minutes} minutes of teaching, {notes.exercise_minutes} of exercises.** "
        f"Alone, a learner takes about {notes.minutes} minutes. {link('Open the notebook', notes.address())}.\n"
    )
    yield f"They build: {entry.builds}. They see: {entry.sees}.\n"
    before = "; ".join(_required(line, entries) for line in notes.requires)
    yield f"{f'Builds on {before}.' if before else 'Nothing comes before it.'} {_needed_by(notes, entries)}\n"
    yield "**At the end they can**\n"
    yield _list(f"{readable(objective)};" for objective in notes.objectives)[:-1] + ".\n"
    yield from _plan(notes)
    yield "**Usual errors**\n"
    yield _list(_sentence(mistake) for mistake in notes.mistakes) + "\n"
    yield "**To discuss**\n"
    yield _list(_sentence(question) for question in notes.discuss) + "\n"
    yield f"**To skip.** {' '.join(_sentence(text) for text in notes.skip)}\n"
    if notes.exercises:
        yield "**The exercises, and what the checks say**\n"
        for key, exercise in notes.exercises.items():
            yield from _exercise(exercise, notes.link_to(notes.headings[key], exercise.title))
    yield f"{_commands(notes.number)}\n"


def _required(line: str, entries: dict[str, Entry]) -> str:
    """What the metadata requires, with a link where it names a chapter: "04 Self-attention: section 8"."""

    def linked(found: re.Match[str]) -> str:
        entry = entries.get(found[1])
        return chapter_link(entry) if entry and entry.notes else found[0]

    names = [name for entry in entries.values() for name in (entry.title, entry.title.split(":")[0])]
    titles = "|".join(re.escape(name) for name in names)
    return re.sub(rf"\b(\d\d)\b(?: (?:{titles}))?", linked, line)


def _needed_by(notes: Notes, entries: dict[str, Entry]) -> str:
    later = [entry for entry in entries.values() if entry.notes and notes.number in entry.notes.needs]
    return f"Needed by {', '.join(chapter_link(entry) for entry in later)}." if later else "No later chapter needs it."


def _plan(notes: Notes) -> Iterator[str]:
    yield "| section | teaching, about | exercises in it |"
    yield "|---|--:|---|"
    for section in notes.sections:
        yield f"| {notes.link_to(section.title)} | {section.minutes or ''} | {_exercises_in(section, notes)} |"
    yield ""


def _exercises_in(section: Section, notes: Notes) -> str:
    inside = [notes.exercises[key] for key in section.exercises if key in notes.exercises]
    return "; ".join(f"{exercise.title} {exercise.dots} {exercise.minutes}" for exercise in inside)


def _exercise(exercise: Exercise, title: str) -> Iterator[str]:
    yield f"{title} {exercise.dots} {exercise.minutes} minutes. {_sentence(exercise.task)}\n"
    if exercise.known_mistakes:
        count = len(exercise.known_mistakes)
        yield f"<details>\n<summary>{count} wrong answers that the check knows, and what it says</summary>\n"
        yield _list(f"*{readable(name)}*: {readable(text)}" for name, (_, text) in exercise.known_mistakes.items())
        yield "\n</details>\n"
    else:
        yield "An open task: the check measures what is handed in, and says how far it is from the goal.\n"


def _commands(number: str) -> str:
    commands = (f"run {number}", f"slides {number}", f"notebooks solve {number} -o solved.ipynb")
    return " · ".join(f"`llmcourse {command}`" for command in commands)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _sentence(text: str) -> str:
    """With a capital in front and a full stop behind, unless it begins with a name from the code."""
    text = readable(text)
    start = text if re.match(r"[a-z]+(\w*[._(]|\d)|`", text) else text[0].upper() + text[1:]
    return start if start[-1] in '.?!”")' else f"{start}."
