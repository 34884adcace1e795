"""Dirt for the cleaning notebook: what a web crawl does to clean documents, with the truth kept.

Every page remembers which document it came from and what was done to it, so a cleaner's precision and recall can be
measured. Names, addresses and numbers that look private are invented: the mail domain is one reserved for examples
(RFC 2606) and the telephone numbers are ones reserved for fiction.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Page:
    """A crawled page. ``source`` is the index of its document (None for spam); ``dirt`` names what was done to it."""

    text: str
    source: int | None
    dirt: tuple[str, ...] = ()


def _markup(text: str, rng: random.Random) -> str:
    return f"<div class='post'><p>{text.replace('. ', '.<br>', 2)}</p>&nbsp;<a href='/next'>next &raquo;</a></div>"


def _boilerplate(text: str, rng: random.Random) -> str:
    return f"Home | About | Log in\n{text}\nAccept all cookies? Share this page."


def _mojibake(text: str, rng: random.Random) -> str:
    """UTF-8 read as Latin-1, the commonest encoding damage: a curly apostrophe becomes three odd characters."""
    curly = text.replace(" was ", " wasn\u2019t not ", 1).replace(". ", "\u2026 ", 1)
    return curly.encode("utf-8").decode("latin-1")


def _private(text: str, rng: random.Random) -> str:
    name = ("mia", "tom", "zoe")[int(rng.random() * 3)]
    number = int(rng.random() * 90) + 10
    return f"{text} Write to {name}{number}@example.org or call 555-01{number}."


def _shouting(text: str, rng: random.Random) -> str:
    return text.upper() + "!!!"


def _typos(text: str, rng: random.Random) -> str:
    """Two words swapped and one lost: a near duplicate when the clean document is in the crawl too."""
    words = text.split()
    at = int(rng.random() * (len(words) - 3)) + 1
    words[at], words[at + 1] = words[at + 1], words[at]
    del words[int(rng.random() * len(words))]
    return " ".join(words)


DAMAGE: dict[str, Callable[[str, random.Random], str]] = {
    "markup": _markup,
    "boilerplate": _boilerplate,
    "mojibake": _mojibake,
    "private": _private,
    "shouting": _shouting,
}
SPAM = ("Win gold coins now, click here", "Cheap lamps, best lamps, buy lamps", "You are visitor number one million")


def crawl(documents: Sequence[str], dirt: float, seed: int = 0) -> list[Page]:
    """Pages as a crawler would bring them. ``dirt`` is the share of documents that are damaged, that are copied
    exactly, that are copied with small changes, and beside which a page of spam stands, each on its own.

    Raises CourseError if ``dirt`` is not a share from 0 to 1. With 0 the pages are the documents.
    """
    if not 0 <= dirt <= 1:
        raise CourseError(f"dirt is {dirt}; it is a share and must lie between 0 and 1")
    rng = random.Random(seed)
    names = list(DAMAGE)
    pages: list[tuple[float, Page]] = []  # with a random key each, to shuffle by

    def put(page: Page) -> None:
        pages.append((rng.random(), page))

    for index, text in enumerate(documents):
        if rng.random() < dirt:
            name = names[int(rng.random() * len(names))]
            put(Page(DAMAGE[name](text, rng), index, (name,)))
        else:
            put(Page(text, index))
        if rng.random() < dirt:
            put(Page(text, index, ("exact duplicate",)))
        if rng.random() < dirt:
            put(Page(_typos(text, rng), index, ("near duplicate",)))
        if rng.random() < dirt:
            line = SPAM[int(rng.random() * len(SPAM))]
            put(Page(" ".join([line] * (int(rng.random() * 4) + 2)), None, ("spam",)))
    return [page for _, page in sorted(pages, key=lambda pair: pair[0])] if dirt else [page for _, page in pages]
