"""Exercise: shingles."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.corpus.cleaning.exact import words_of
from llmcourse.corpus.cleaning.minhash import shingles
from llmcourse.course.exercise import Exercise


def is_a_set_of_texts(trial):
    if not isinstance(trial.result, set | frozenset):
        return "Return a set: how often a shingle comes does not matter, and neither does where."
    if any(not isinstance(member, str) for member in trial.result):
        return "Each shingle is a text, its words joined by blanks: `'mia lost her'`."
    return None


def no_short_ones(trial):
    text, size = trial.inputs
    words = words_of(text)
    lengths = {len(member.split(" ")) for member in trial.result}
    if len(words) >= size and lengths - {size}:
        return f"Every shingle here has {size} words; some of yours have {min(lengths - {size})} ({trial.case})."
    return None


def of_words(text, size, step=1, last=1, lower=True):
    words = words_of(text) if lower else [word.strip(".,?!") for word in text.split()]
    if 0 < len(words) < size:
        return {" ".join(words)}
    return {" ".join(words[i : i + size]) for i in range(0, len(words) - size + last, step)}


def with_short_tails(text, size):
    words = words_of(text)
    return {" ".join(words[i : i + size]) for i in range(len(words))}


SHINGLES = Exercise(
    key="shingles",
    title="Shingles",
    task="Write `shingles(text, size=3)`: the set of all runs of `size` words, each a text with blanks between; a "
    "shorter text is one shingle. `words_of(text)` gives the words.",
    difficulty=1,
    minutes=10,
    answer=shingles,
    cases={
        "for four words": lambda draw: ("Mia lost her ring.", 3),
        "for pairs": lambda draw: ("The owl saw the owl.", 2),
        "for a story": lambda draw: (
            "One cold morning she ran to the mill. There she lost her hat, and Tom found it.",
            3,
        ),
        "for two words, where three are wanted": lambda draw: ("She ran.", 3),
        "for as many words as are wanted": lambda draw: ("Mia lost it.", 3),
        "for single words": lambda draw: ("She ran and ran.", 1),
        "for an empty text": lambda draw: ("", 3),
    },
    tests=[is_a_set_of_texts, no_short_ones],
    known_mistakes={
        "side by side": (
            lambda text, size=3: of_words(text, size, step=size),
            "Your shingles stand side by side. They overlap like tiles on a roof: one begins at every word.",
        ),
        "the last one missing": (
            lambda text, size=3: of_words(text, size, last=0),
            "The last shingle is missing. With n words, the last one begins at place n - size, and `range` stops "
            "before its end.",
        ),
        "short ones at the end": (
            with_short_tails,
            "At the end of the text you go on with shingles that are too short. Where does the last whole one begin?",
        ),
        "characters": (
            lambda text, size=3: {text[i : i + size] for i in range(len(text) - size + 1)},
            "Yours are runs of characters. Here they are runs of words.",
        ),
        "capitals kept": (
            lambda text, size=3: of_words(text, size, lower=False),
            "Capitals make a difference in yours. `words_of(text)` gives the words in small letters, and without "
            "punctuation.",
        ),
        "nothing for a short text": (
            lambda text, size=3: {
                " ".join(words_of(text)[i : i + size]) for i in range(len(words_of(text)) - size + 1)
            },
            "Right, but for a text that is shorter than one shingle: all of it should be its one shingle, or no short "
            "text would have any.",
        ),
    },
    hints=[
        "A shingle begins at the first word, one at the second, and so on. How many are there in a text of four words?",
        'The one that begins at `start` is `" ".join(words[start : start + size])`.',
        "`start` runs over `range(len(words) - size + 1)`. A set comprehension, `{... for start in ...}`, does it.",
        "Two special cases: with fewer words than `size` but at least one, return the set with all words joined; with "
        "none, the empty set.",
    ],
)
