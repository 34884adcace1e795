"""`docs/guide/glossary.md`: every term of the course, with a link to the heading under which it is introduced.

`text/glossary.toml` holds the words and the chapter; the place is looked up in the notebook, so that it cannot be wrong
for long. A term is introduced where it stands in bold; a few are in italics or plain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from llmcourse.course.guide.anchors import link, page_anchor, plain, short
from llmcourse.course.guide.notes import Notes, Place
from llmcourse.course.guide.outline import Entry, fill, outline, read_text, read_toml
from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Term:
    """One term as an author wrote it down."""

    name: str
    means: str
    chapter: str
    words: str  # as it stands in the notebook
    under: str  # the beginning of a heading, where the first place that has the words is not the one
    see: tuple[str, ...]
    more: tuple[str, ...]  # chapters that go deeper


def terms() -> list[Term]:
    """All terms in the order of the alphabet, as people read it."""
    found = [
        Term(
            name=name,
            means=" ".join(written["means"].split()),
            chapter=written["chapter"],
            words=written.get("words", name),
            under=written.get("under", ""),
            see=tuple(written.get("see", ())),
            more=tuple(written.get("more", ())),
        )
        for name, written in read_toml("glossary.toml").items()
    ]
    return sorted(found, key=lambda term: (_letters(term.name), term.name))


def place_of(term: Term, notes: Notes) -> Place:
    """The text in which the term is introduced.

    Raises:
        CourseError: no text cell of its chapter has the words.
    """
    for pattern in _patterns(term.words):
        for place in notes.places:
            if plain(place.heading).startswith(term.under) and pattern.search(place.text):
                return place
    where = f" under {term.under!r}" if term.under else ""
    raise CourseError(f"the glossary's {term.name!r}: chapter {term.chapter} does not say {term.words!r}{where}")


def is_bold(words: str, text: str) -> bool:
    """Whether the text sets just these words, or their plural, in bold."""
    return bool(_patterns(words)[0].search(text))


def _patterns(words: str) -> list[re.Pattern[str]]:
    """The words in bold, then in italics, then anywhere."""
    core = rf"{re.escape(words)}s?".replace(r"\ ", r"\s+")
    alone = rf"(?<!\w){core}(?!\w)"
    return [re.compile(form, re.IGNORECASE) for form in (rf"\*\*{core}\.?\*\*", rf"(?<!\*)\*{core}\*(?!\*)", alone)]


def glossary_page() -> str:
    """The page: the introduction by hand, the letters, and under each its terms."""
    entries = outline()
    there = [term for term in terms() if entries[term.chapter].notes]
    by_letter = [(letter, list(group)) for letter, group in groupby(there, key=lambda term: _letter(term.name))]
    letters = " · ".join(link(letter, f"#{page_anchor(letter)}") for letter, _ in by_letter)
    body = "\n".join(
        f"\n## {letter}\n\n" + "\n".join(_entry(term, entries, there) for term in group) for letter, group in by_letter
    )
    return fill(read_text("glossary.md"), count=str(len(there)), letters=letters, terms=body.strip())


def _entry(term: Term, entries: dict[str, Entry], there: list[Term]) -> str:
    chapter = entries[term.chapter].notes
    assert chapter is not None  # only such terms are asked for
    place = place_of(term, chapter)
    where = link(f"chapter {chapter.number}: {short(place.heading)}", chapter.address(place.cell))
    return f"### {term.name}\n\n{term.means}\\\n→ {where}{_more(term, entries)}{_see(term, there)}\n"


def _more(term: Term, entries: dict[str, Entry]) -> str:
    links = [entries[number].link() for number in term.more if entries[number].notes]
    return f"; more in {', '.join(links)}" if links else ""


def _see(term: Term, there: list[Term]) -> str:
    names = {other.name for other in there}
    links = [link(name, f"#{page_anchor(name)}") for name in term.see if name in names]
    return f". See also {', '.join(links)}" if links else ""


def _letter(name: str) -> str:
    first = _letters(name)[0].upper()
    return first if first.isalpha() else "0–9"


def _letters(name: str) -> str:
    """What decides its place: letters and digits, without a difference of large and small."""
    return re.sub(r"[^\w ]", "", name.lower())
