"""Private data: mail addresses, telephone numbers and internet addresses give way to what kind of thing they were.

Patterns find shapes, not meaning. A number in a catalogue can have the shape of a telephone number, and an address
written out in words has none.
"""

import re

from llmcourse.corpus.cleaning.checks import checked_text

BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
PATTERNS = {
    # name @ domain; the domain ends in letters, so a full stop that ends the sentence is left where it is
    "MAIL": re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b"),
    # four numbers up to 255; no digit or further number on either side
    "ADDRESS": re.compile(rf"(?<![\w.])(?:{BYTE}\.){{3}}{BYTE}(?!\.?\w)"),
    # (212) 555-0123, +1 212 555 0123, 212.555.0123, 555-0123 and 01632 960123
    "PHONE": re.compile(
        r"(?<![\w.-])(?:(?:\+1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[ .-]\d{4}|0\d{4} \d{6})(?![\w-]|\.\d)"
    ),
}


def redact_mail(text: str) -> str:
    """The text with `[MAIL]` in the place of every mail address."""
    return PATTERNS["MAIL"].sub("[MAIL]", checked_text(text))


def find_private(text: str) -> list[tuple[int, int, str]]:
    """Where private data stands, as (start, end, kind), in the order of the text; no two overlap."""
    checked_text(text)
    found = sorted((m.start(), m.end(), kind) for kind, pattern in PATTERNS.items() for m in pattern.finditer(text))
    spans: list[tuple[int, int, str]] = []
    for start, end, kind in found:
        if not spans or start >= spans[-1][1]:
            spans.append((start, end, kind))
    return spans


def redact(text: str) -> str:
    """The text with `[MAIL]`, `[PHONE]` and `[ADDRESS]` in the place of what was found."""
    for start, end, kind in reversed(find_private(text)):
        text = f"{text[:start]}[{kind}]{text[end:]}"
    return text
