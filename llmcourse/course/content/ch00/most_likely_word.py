"""Exercise: the most likely word."""

from llmcourse.course.exercise import Exercise
from llmcourse.inference.words import most_likely_word

MOST_LIKELY_WORD = Exercise(
    key="most_likely_word",
    title="The most likely word",
    task="Write `most_likely_word(distribution)`: it takes a dictionary of words and their probabilities, and "
    "returns the word with the highest one.",
    difficulty=1,
    minutes=5,
    answer=most_likely_word,
    cases={
        "for three words": lambda draw: ({"mill": 0.2, "river": 0.7, "well": 0.1},),
        "for one word": lambda draw: ({"river": 1.0},),
        "when it comes first": lambda draw: ({"walked": 0.5, "ran": 0.3, "zigzagged": 0.2},),
        "when it comes last": lambda draw: ({"the": 0.1, "to": 0.2, "a": 0.7},),
        "for very small numbers": lambda draw: ({"a": 1e-9, "b": 3e-9, "c": 2e-9},),
    },
    known_mistakes={
        "last in the alphabet": (
            lambda distribution: max(distribution),
            "`max` of a dictionary compares its keys, so you get the word that comes last in the alphabet. Let it "
            "compare the probabilities.",
        ),
        "the probability": (
            lambda distribution: max(distribution.values()),
            "This is the highest probability. Asked for is the word that has it.",
        ),
        "word and probability": (
            lambda distribution: max(distribution.items(), key=lambda pair: pair[1]),
            "You return the word together with its probability. Asked for is the word alone.",
        ),
        "the first": (
            lambda distribution: next(iter(distribution)),
            "You return the first word. The most likely one may stand anywhere.",
        ),
        "the least likely": (
            lambda distribution: min(distribution, key=distribution.get),
            "This is the *least* likely word.",
        ),
    },
    hints=[
        "Going through the words one by one, which two things do you have to remember?",
        "`max(words, key=f)` gives the word for which `f(word)` is largest.",
        "The probability of a word is `distribution[word]`, and so `f` can be `distribution.get`.",
    ],
)
