"""`docs/guide/syllabi.md`: each syllabus with a table for every week or day, and its sums."""

from __future__ import annotations

from collections.abc import Iterator

from llmcourse.course.guide.anchors import link, page_anchor, short
from llmcourse.course.guide.instructors import chapter_link
from llmcourse.course.guide.notes import BEFORE_ALL, Notes, Section
from llmcourse.course.guide.outline import fill, read_text
from llmcourse.course.guide.syllabi import Block, Part, Syllabus, Unit, syllabi

PAGE = "instructors.md"


def syllabi_page() -> str:
    """The page: an introduction by hand, then the three."""
    found = syllabi()
    contents = "\n".join(f"- {link(each.title, f'#{page_anchor(each.title)}')}. {each.time}" for each in found)
    body = "\n".join(line for each in found for line in _syllabus(each))
    return fill(read_text("syllabi.md"), contents=contents, syllabi=body.strip())


def _syllabus(syllabus: Syllabus) -> Iterator[str]:
    yield f"\n## {syllabus.title}\n"
    yield f"{syllabus.time} {_sum(syllabus)}\n"
    yield f"**For whom.** {syllabus.for_whom.strip()}\n"
    yield "**At the end they can**\n"
    yield "\n".join(f"- {goal};" for goal in syllabus.at_the_end)[:-1] + ".\n"
    yield f"**What is left out, and why.** {syllabus.left_out.strip()}\n"
    for place, unit in enumerate(syllabus.units, start=1):
        yield from _unit(syllabus, unit, place)
    yield f"**{'Milestones' if syllabus.home_hours else 'How it is judged'}**\n"
    yield "\n".join(f"- {milestone}" for milestone in syllabus.milestones) + "\n"


def _sum(syllabus: Syllabus) -> str:
    teaching = _hours(sum(block.teaching for block in syllabus.blocks))
    exercises = _hours(sum(block.exercises for block in syllabus.blocks))
    other = _hours(sum(block.activity_minutes for block in syllabus.blocks))
    words = f"In all {teaching} of teaching, {exercises} of exercises in class, {other} of other work."
    if syllabus.home_hours:
        home = [unit.home_minutes for unit in syllabus.units]
        words += f" At home between {_hours(min(home))} and {_hours(max(home))} a week."
    return words


def _unit(syllabus: Syllabus, unit: Unit, place: int) -> Iterator[str]:
    yield f"### {syllabus.unit} {place}: {unit.title}\n"
    home, line = ("at home | min |", "---|--:|") if syllabus.home_hours else ("by choice |", "---|")
    yield f"| | in class | exercises in class | min | {home}"
    yield f"|---|---|---|--:|{line}"
    for number, block in enumerate(unit.blocks, start=1):
        cells = [str(number), _taught(block), _done(block), str(block.minutes)]
        if syllabus.home_hours:
            cells += [_at_home(block), str(block.home_minutes or "")]
        else:
            cells += [_titles(block, block.by_choice)]
        yield f"| {' | '.join(cells)} |"
    if unit.project_minutes:
        yield f"\nThe project: {unit.project_minutes} minutes more at home."
    yield ""


def _taught(block: Block) -> str:
    lines = [_part(part) for part in block.parts]
    if block.activity:
        lines.append(f"{block.activity} ({block.activity_minutes})")
    return "<br>".join(lines)


def _part(part: Part) -> str:
    notes = part.notes
    if notes is None:
        return part.entry.link()
    whole = f"{chapter_link(part.entry, PAGE)} ({part.minutes})"
    if not part.names:
        return whole
    sections = ", ".join(_section(section, notes) for section in part.sections)
    return f"{whole}: section{'s' if len(part.sections) > 1 else ''} {sections}"


def _section(section: Section, notes: Notes) -> str:
    """A link with its number, or its title where it has none."""
    if section.title == BEFORE_ALL:
        return link("opening", notes.address())
    return notes.link_to(section.title, section.number or short(section.title))


def _done(block: Block) -> str:
    return _titles(block, block.in_class)


def _titles(block: Block, names: list[str]) -> str:
    offered = block.offered
    several = len(block.parts) > 1
    known = [(name, offered[name]) for name in names if name in offered]
    return "<br>".join(
        f"{f'{name[:2]}: ' if several else ''}{exercise.title} ({exercise.minutes})" for name, exercise in known
    )


def _at_home(block: Block) -> str:
    lines = [_titles(block, block.home)] if block.home else []
    if any(part.notes for part in block.parts):
        lines.append(f"quiz, and to read again ({block.reading})")
    if block.by_choice and (chosen := _titles(block, block.by_choice)):
        lines.append(f"*by choice:* {chosen.replace('<br>', '; ')}")
    return "<br>".join(lines)


def _hours(minutes: int) -> str:
    hours = minutes / 60
    return f"{hours:.1f}".removesuffix(".0") + (" hour" if hours == 1 else " hours")
