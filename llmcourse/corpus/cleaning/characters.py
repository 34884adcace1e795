"""Characters: undo wrong decodings, then write the same thing the same way.

Two steps, and their order matters. `repair` recognizes mojibake by its telling sequences (``Â`` before a blank,
``â€™`` for an apostrophe) and decodes it again, rightly. `tidy` replaces characters that only look different, and would
destroy those very sequences: it turns the ``™`` of ``â€™`` into the two letters ``TM``.

Papers and standards: Speer 2019, "ftfy" (the library); Unicode Standard Annex 15, "Unicode Normalization Forms".
"""

import re
import unicodedata

import ftfy

from llmcourse.corpus.cleaning.checks import checked_text

#: Only what was decoded wrongly is decoded again; the rest is left to `tidy`.
CONFIG = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, normalization=None
)
INVISIBLE = ("Cc", "Cf", "Co", "Cs")  # Unicode categories: control, format, private use, half of a pair


def repair(text: str) -> str:
    """Undo mojibake: UTF-8 that was read with a table of one byte per character, once or several times over."""
    return ftfy.fix_text(checked_text(text), CONFIG)


def tidy(text: str) -> str:
    """The same text in the plainest characters: compatibility forms (NFKC), nothing invisible, single blanks.

    Ligatures become letters, no-break spaces become spaces, soft hyphens and zero-width spaces vanish. Line breaks
    stay. (Scripts that need a zero-width joiner would lose it: this is for English.)
    """
    text = unicodedata.normalize("NFKC", checked_text(text).replace("\r\n", "\n"))
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in INVISIBLE)
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip("\n")


def clean_characters(text: str) -> str:
    """First `repair`, then `tidy`."""
    return tidy(repair(text))
