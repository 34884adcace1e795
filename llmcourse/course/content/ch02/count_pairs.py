"""Exercise: count pairs of neighbours."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from collections import Counter
from itertools import pairwise

from llmcourse.corpus.tokenizers.training import count_pairs
from llmcourse.course.exercise import Exercise


def a_dictionary(trial):
    if not isinstance(trial.result, dict):
        return "Return a dictionary (or a Counter) from pairs to numbers."
    if trial.result and not all(isinstance(pair, tuple) and len(pair) == 2 for pair in trial.result):
        return "The keys should be pairs: tuples of two tokens, such as `('i', 'n')`."
    return None


def counted(words, weigh=True, key=lambda left, right: (left, right)):
    counts: Counter = Counter()
    for word, times in words.items():
        for left, right in pairwise(word):
            counts[key(left, right)] += times if weigh else 1
    return counts


def without_overlaps(words):
    counts: Counter = Counter()
    for word, times in words.items():
        for at in range(0, len(word) - 1, 2):
            counts[word[at], word[at + 1]] += times
    return counts


def once_a_word(words):
    counts: Counter = Counter()
    for word, times in words.items():
        for pair in set(pairwise(word)):
            counts[pair] += times
    return counts


def across_words(words):
    running = [token for word, times in words.items() for _ in range(times) for token in word]
    return Counter(pairwise(running))


COUNT_PAIRS = Exercise(
    key="count_pairs",
    title="Count the pairs",
    task="Write `count_pairs(words)`: how often each pair of neighbours occurs; `words` maps each word, a tuple of "
    "tokens, to how often it is in the text.",
    difficulty=1,
    minutes=10,
    answer=count_pairs,
    cases={
        "for one word": lambda draw: ({("r", "i", "n", "g"): 1},),
        "for ring and king": lambda draw: ({("r", "i", "n", "g"): 3, ("k", "i", "n", "g"): 2},),
        "for a word with a pair in it twice": lambda draw: ({("b", "a", "n", "a", "n", "a"): 2},),
        "for a word of one token": lambda draw: ({("ring",): 5, ("a",): 9},),
        "for tokens that were merged already": lambda draw: ({("r", "ing"): 3, ("s", "ing", "ing"): 1},),
        "for no words": lambda draw: ({},),
    },
    tests=[a_dictionary],
    known_mistakes={
        "frequencies forgotten": (
            lambda words: counted(words, weigh=False),
            "You count each different word once. A word that is in the text three times brings its pairs three times.",
        ),
        "every second pair": (
            without_overlaps,
            "You go on by two places after each pair, so that `ring` gives `r i` and `n g`, but not `i n`. Every two "
            "neighbours are a pair.",
        ),
        "once in each word": (
            once_a_word,
            "You count a pair once in each word, but `banana` holds `a n` twice, and `n a` as well.",
        ),
        "across words": (
            across_words,
            "You also count the last token of one word with the first of the next. A pair lies within a word.",
        ),
        "order ignored": (
            lambda words: counted(words, key=lambda left, right: tuple(sorted((left, right)))),
            "You put `a n` and `n a` together. A pair has an order: the left one first.",
        ),
        "texts instead of pairs": (
            lambda words: counted(words, key=lambda left, right: left + right),
            "The keys should be pairs: tuples of two tokens, such as `('i', 'n')`.",
        ),
    },
    hints=[
        "Two loops: over the words, and over the neighbours in each word. A `collections.Counter` begins at 0.",
        "`words.items()` gives the word and the number of times it is there. `zip(word, word[1:])`, or "
        "`itertools.pairwise(word)`, gives its pairs.",
        "In the inner loop: `counts[left, right] += times`.",
    ],
)
