"""The crawl: documents go out into an untidy web, and come back as pages. Every page remembers what it was."""

import re
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from llmcourse.corpus.dirt.copies import STRENGTHS, edited, number_of_copies
from llmcourse.corpus.dirt.encoding import garble, typeset
from llmcourse.corpus.dirt.fillers import WORTHLESS
from llmcourse.corpus.dirt.html import page_html
from llmcourse.corpus.dirt.page import Page, between, pick
from llmcourse.corpus.dirt.private import contact, harmless
from llmcourse.errors import CourseError

#: Everything that may be done to a page, in the order in which it is done.
KINDS = ("copy", *STRENGTHS, "shouting", "private", "numbers", "typography", "markup", "mojibake", *WORTHLESS)


def crawl(
    documents: Sequence[str],
    dirt: float,
    seed: int = 0,
    leaks: Sequence[str] = (),
    kinds: Iterable[str] = KINDS,
) -> list[Page]:
    """Pages as a crawler would bring them, in a random order. With ``dirt`` 0 the pages are the documents, as given.

    Above 0, every page is HTML, and ``dirt`` is how likely each further kind of damage is, each on its own: several may
    meet on one page. There are ``dirt`` times as many worthless pages as documents, and a document has at least k
    copies with probability ``dirt / k``. ``leaks`` are documents of a test set that are on the web as well. ``kinds``
    are those of ``KINDS`` that shall happen.

    The same arguments give the same pages on every platform. Raises CourseError if ``dirt`` is not a share from 0 to 1,
    if a document is no text, or if there is no such kind.
    """
    if isinstance(dirt, bool) or not isinstance(dirt, int | float) or not 0 <= dirt <= 1:
        raise CourseError(f"dirt is {dirt!r}; it is a share and must lie between 0 and 1")
    chosen = set(kinds)
    if strange := sorted(chosen - set(KINDS)):
        raise CourseError(f"there is no dirt of the kind {strange[0]!r}: choose among {', '.join(KINDS)}")
    everything = [*documents, *leaks]
    for number, text in enumerate(everything):
        if not isinstance(text, str) or len(text.split()) < 2:
            raise CourseError(f"document {number} is {text!r:.60}: a crawl needs texts of at least two words")
    if dirt == 0:
        return [Page(text, text, number, leaked=number >= len(documents)) for number, text in enumerate(everything)]

    rng = Random(seed)
    pages: list[tuple[float, Page]] = []  # with a random key each, to shuffle by
    for number, text in enumerate(everything):
        leaked = number >= len(documents)
        pages += [(rng.random(), page) for page in _told(text, number, leaked, dirt, chosen, rng)]
        for name, write in WORTHLESS.items():
            if rng.random() < dirt / len(WORTHLESS) and name in chosen:
                pages.append((rng.random(), _published(Page("", kinds=(name,)), write(rng), dirt, chosen, rng)))
    return [page for _, page in sorted(pages, key=lambda pair: pair[0])]


def _told(text: str, number: int, leaked: bool, dirt: float, chosen: set[str], rng: Random) -> Iterator[Page]:
    """The pages that tell one document: itself, and its copies."""
    for copy in range(1 + (0 if leaked else number_of_copies(dirt, rng))):
        told, done = text, tuple[str, ...]()
        if copy:
            kind = pick(rng, ("copy", "copy", "copy", *STRENGTHS))
            if kind not in chosen:
                continue
            told, done = (text if kind == "copy" else edited(text, kind, rng)), (kind,)
        yield _published(Page(told, text, number, done, leaked=leaked), _paragraphs(told, rng), dirt, chosen, rng)


def _published(page: Page, paragraphs: list[str], dirt: float, chosen: set[str], rng: Random) -> Page:
    """The page with these paragraphs on a site, and whatever else befell it."""
    story, kinds, private = page.story, list(page.kinds), page.private

    def befalls(kind: str, probability: float = dirt) -> bool:
        hit = rng.random() < probability and kind in chosen
        if hit:
            kinds.append(kind)
        return hit

    if story and befalls("shouting", dirt / 6):  # capitals cannot be undone: which words had one before?
        paragraphs, story = [text.upper() + "!!!" for text in paragraphs], ""
    if story and befalls("private"):
        sentence, private = contact(rng)
        paragraphs = [*paragraphs, sentence]
    if story and befalls("numbers"):
        paragraphs = [*paragraphs, harmless(rng)]
    if befalls("typography"):
        paragraphs = [typeset(text, rng) for text in paragraphs]
    text = page_html(paragraphs, rng) if befalls("markup", 1) else "\n".join(paragraphs)
    if not text.isascii() and befalls("mojibake"):  # pure ASCII cannot be garbled
        text = garble(text, rng)
    return Page(text, story, page.source, tuple(kinds), private, page.leaked)


def _paragraphs(text: str, rng: Random) -> list[str]:
    """The sentences of a text in paragraphs of one to five. Sites differ, and some give the question a line alone."""
    sentences = re.split(r"(?<=[.?!]) ", text)
    paragraphs = []
    while sentences:
        size = between(rng, 1, 5)
        paragraphs.append(" ".join(sentences[:size]))
        sentences = sentences[size:]
    return paragraphs
