"""Tolish, a language of our own: what people speak on the other bank of the story world's river.

Every English word has one Tolish word, but "the" has none, and names stay names. Two things are in another order: an
adjective follows its noun, and the verb comes last. So a translation can be judged exactly, and for each of its words
it is known which English word it translates: the *alignment*, which for real languages somebody has to guess.

    Mia lost the golden ring near the mill.
    Mia sol oru bei mulin mirek.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

from llmcourse.corpus.lexicon import COATS, JOBS, NAMES_HE, NAMES_SHE
from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.errors import CourseError

VERBS = {"lost": "mirek", "found": "doluk", "saw": "vistek", "took": "gamek", "hid": "nufek", "carried": "borek"}
LOOKS = {
    "red": "rua", "blue": "azi", "green": "velu", "golden": "oru", "wooden": "lenu", "silver": "arju",
    "white": "palu", "brown": "koru", "black": "noxu", "gray": "grisu",
}  # fmt: skip
NOUNS = {
    "baker": "pannor", "teacher": "leror", "nurse": "kuror", "doctor": "medor", "farmer": "agror", "pilot": "viror",
    "dog": "vuf", "cat": "miu", "fox": "zorp", "owl": "huhu", "goat": "bek",
    "ring": "sol", "key": "klin", "hat": "topo", "ball": "bumba", "book": "tekst", "lamp": "lumo", "map": "karta",
    "kite": "flig", "drum": "tamtam",
    "mill": "mulin", "lake": "lago", "church": "kirk", "castle": "burgo", "school": "skolo", "bridge": "ponto",
    "gate": "porto", "tree": "arbo", "well": "puto", "tower": "turo",
}  # fmt: skip
LITTLE = {"near": "bei", "behind": "retro", "under": "sub", ".": "."}
SILENT = "the"  # a word that Tolish does without
DICTIONARY = {**VERBS, **LOOKS, **NOUNS, **LITTLE, **{name: name for name in NAMES_SHE + NAMES_HE}}

ANIMALS = ("dog", "cat", "fox", "owl", "goat")
THINGS = ("ring", "key", "hat", "ball", "book", "lamp", "map", "kite", "drum")
THING_LOOKS = ("red", "blue", "green", "golden", "wooden", "silver")
PLACES = ("mill", "lake", "church", "castle", "school", "bridge", "gate", "tree", "well", "tower")


class Translation(NamedTuple):
    """A sentence in both languages, and which word became which."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: tuple[int, ...]  # for each word of the target, the place of its word in the source

    @property
    def english(self) -> str:
        return join_words(self.source)

    @property
    def tolish(self) -> str:
        return join_words(self.target)


def translate(english: str) -> Translation:
    """The translation of one English sentence. Raises CourseError for a word that the dictionary lacks."""
    words = split_words(english)
    unknown = next((word for word in words if word not in DICTIONARY and word != SILENT), None)
    if unknown is not None:
        raise CourseError(f"{unknown!r} is not in the dictionary of {len(DICTIONARY)} words: try another one")
    order: list[int] = []
    for place, word in enumerate(words):
        if word in NOUNS and place and words[place - 1] in LOOKS:
            order.insert(len(order) - 1, place)  # before the adjective that came just now
        elif word != SILENT:
            order.append(place)
    verbs = [place for place in order if words[place] in VERBS]
    stops = [place for place in order if words[place] == "."]
    order = [place for place in order if place not in verbs and place not in stops] + verbs + stops
    return Translation(tuple(words), tuple(DICTIONARY[words[place]] for place in order), tuple(order))


def random_sentence(rng: random.Random) -> str:
    """An English sentence that has somebody, something they do, what they do it to and, half of the time, a place."""
    the_animal = f"the {rng.choice(COATS)} {rng.choice(ANIMALS)}"
    somebody = rng.choice([rng.choice(NAMES_SHE + NAMES_HE), f"the {rng.choice(JOBS)}", the_animal])
    look = rng.choice(["", rng.choice(THING_LOOKS)])
    place = rng.choice(["", f"{rng.choice(['near', 'behind', 'under'])} the {rng.choice(PLACES)}"])
    return " ".join(f"{somebody} {rng.choice(list(VERBS))} the {look} {rng.choice(THINGS)} {place} .".split())


def translations(n: int, seed: int = 0, without: Sequence[Translation] = ()) -> list[Translation]:
    """`n` random sentences with their translations, none of them twice or among those of `without`."""
    rng, found = random.Random(seed), list[Translation]()
    seen = {pair.english for pair in without}
    while len(found) < n:
        pair = translate(random_sentence(rng))
        if pair.english not in seen:
            found.append(pair)
            seen.add(pair.english)
    return found


def tolish_tokenizer() -> WordTokenizer:
    """One vocabulary for both languages, English first; what they share, names and the full stop, is there once."""
    return WordTokenizer(dict.fromkeys([SILENT, *DICTIONARY, *DICTIONARY.values()]))


def kind_of(word: str) -> str:
    """What an English word is: "name", "noun", "verb", "adjective", "preposition", "full stop" or "article"."""
    kinds = (("verb", VERBS), ("adjective", LOOKS), ("noun", NOUNS), ("name", NAMES_SHE + NAMES_HE))
    found = next((kind for kind, words in kinds if word in words), None)
    return found or {".": "full stop", SILENT: "article"}.get(word, "preposition")
