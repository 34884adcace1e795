"""Damage to characters: fancy typography, and bytes that were decoded with the wrong table.

UTF-8 writes every character beyond ASCII as two to four bytes. Read with a table of one byte per character, each of
them becomes a character of its own: *mojibake*. ASCII survives it, so only what is not ASCII shows the damage.
"""

import re
from random import Random

from llmcourse.corpus.dirt.page import pick

NO_BREAK_SPACE, SOFT_HYPHEN, ZERO_WIDTH_SPACE = "\u00a0", "\u00ad", "\u200b"
BLANKS = 5 * " " + NO_BREAK_SPACE
LIGATURES = {"fi": "\ufb01", "fl": "\ufb02"}


def typeset(text: str, rng: Random) -> str:
    """The text as an ambitious typesetter would have it: it looks the same and is made of other characters.

    About a sixth of the blanks become no-break spaces, "fi" and "fl" become one letter each, and a few long words get
    an invisible soft hyphen or are followed by a space of no width.
    """
    text = re.sub("f[il]", lambda pair: LIGATURES[pair[0]] if rng.random() < 0.7 else pair[0], text)
    words = [hyphenated(word, rng) for word in text.split(" ")]
    return "".join(word + pick(rng, BLANKS) for word in words)[:-1]


def hyphenated(word: str, rng: Random) -> str:
    if len(word) < 6 or rng.random() > 0.3:
        return word
    middle = len(word) // 2
    return word[:middle] + pick(rng, (SOFT_HYPHEN, ZERO_WIDTH_SPACE)) + word[middle:]


def as_latin1(data: bytes) -> str:
    return data.decode("latin-1")


def as_windows(data: bytes) -> str:
    """Windows-1252 as browsers read it: the five bytes that it leaves open stay as they are."""
    return "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in data)


def as_mac(data: bytes) -> str:
    return data.decode("mac_roman")


def garble(text: str, rng: Random) -> str:
    """Decode the text's UTF-8 bytes with a wrong table, now and then twice over."""
    table = pick(rng, (as_windows, as_windows, as_latin1, as_mac))
    garbled = table(text.encode("utf-8"))
    if table is as_windows and rng.random() < 0.3:
        garbled = as_windows(garbled.encode("utf-8"))
    return garbled
