"""Pages from which nothing can be learned: spam, lists of keywords, notices, and words in letters of other scripts.

The foreign words are invented: syllables put together by lot. They stand for languages that a course in English has no
use for, not for bad text.
"""

from random import Random

from llmcourse.corpus.dirt.page import between, pick

OFFERS = (
    "Win gold coins now, click here!",
    "Cheap lamps, best lamps, buy lamps!",
    "You are visitor number one million!",
    "Lose your ring today, ask me how!",
)
KEYWORDS = ("lamps", "cheap", "coins", "online", "bonus", "golden", "ring", "deal", "free", "shop", "best", "kite")
NOTICES = (
    "Please enable JavaScript to read this page.",
    "Sorry, the page that you want has moved.",
    "Log in to go on reading. It is free.",
    "Error 404. Nothing was found here.",
)
#: consonants and vowels of three scripts
SCRIPTS = {
    "Greek": ("βγδκλμνπρστφ", "αεηιου"),
    "Cyrillic": ("бвгдзклмнпрст", "аеиоуя"),
    "Georgian": ("ბგდვზთკლმნრსტ", "აეიოუ"),
}


def spam(rng: Random) -> list[str]:
    """One offer, over and over."""
    return [" ".join([pick(rng, OFFERS)] * between(rng, 2, 4)) for _ in range(between(rng, 3, 8))]


def keywords(rng: Random) -> list[str]:
    """A heap of words for a search engine: no sentence, although it ends in a full stop."""
    return [" ".join(pick(rng, KEYWORDS) for _ in range(between(rng, 50, 90))) + "."]


def notice(rng: Random) -> list[str]:
    return [pick(rng, NOTICES)]


def other_script(rng: Random) -> list[str]:
    """Sentences of invented words in Greek, Cyrillic or Georgian letters."""
    consonants, vowels = SCRIPTS[pick(rng, tuple(SCRIPTS))]

    def word() -> str:
        return "".join(pick(rng, consonants) + pick(rng, vowels) for _ in range(between(rng, 1, 3)))

    return [" ".join(word() for _ in range(between(rng, 5, 9))) + "." for _ in range(between(rng, 5, 9))]


#: Name of the kind to what writes the paragraphs of such a page.
WORTHLESS = {"spam": spam, "keywords": keywords, "notice": notice, "other script": other_script}
