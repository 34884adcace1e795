"""Exercise: merge a pair wherever it occurs."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.corpus.tokenizers.training import merge_pair
from llmcourse.course.exercise import Exercise


def a_list_of_tokens(trial):
    if not isinstance(trial.result, list | tuple):
        return "Return a list of tokens."
    if "".join(map(str, trial.result)) != "".join(trial.inputs[0]):
        text = "".join(map(str, trial.result))
        return f"The tokens no longer spell the same text {trial.case}: yours spell {text!r}. What is lost or doubled?"
    return None


def first_only(tokens, pair):
    tokens = list(tokens)
    for at in range(len(tokens) - 1):
        if (tokens[at], tokens[at + 1]) == pair:
            return [*tokens[:at], pair[0] + pair[1], *tokens[at + 2 :]]
    return tokens


def overlapping(tokens, pair):
    merged, at = [], 0
    while at < len(tokens):
        if tuple(tokens[at : at + 2]) == pair:
            merged.append(pair[0] + pair[1])
            at += 1
            if at == len(tokens) - 1:
                break
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def from_the_right(tokens, pair):
    merged, at = [], len(tokens) - 1
    while at >= 0:
        if at > 0 and (tokens[at - 1], tokens[at]) == pair:
            merged.append(pair[0] + pair[1])
            at -= 2
        else:
            merged.append(tokens[at])
            at -= 1
    return merged[::-1]


def last_one_lost(tokens, pair):
    merged, at = [], 0
    while at < len(tokens) - 1:
        if (tokens[at], tokens[at + 1]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def by_spelling(tokens, pair):
    text, new = "".join(tokens), pair[0] + pair[1]
    spelled = text.replace(new, f"\0{new}\0").split("\0")
    return [token for part in spelled for token in ([part] if part == new else list(part))]


def to_the_end(tokens, pair):
    merged = []
    for token in tokens:
        merged.append(token)
        while len(merged) > 1 and merged[-1] == pair[1] and merged[-2].endswith(pair[0]):
            merged[-2:] = [merged[-2] + merged[-1]]
    return merged


MERGE_PAIR = Exercise(
    key="merge_pair",
    title="Merge a pair",
    task="Write `merge_pair(tokens, pair)`: a new list in which every occurrence of the pair is one token, taken from "
    "left to right.",
    difficulty=2,
    minutes=10,
    answer=merge_pair,
    cases={
        "for `r i n g` and the pair `i n`": lambda draw: (["r", "i", "n", "g"], ("i", "n")),
        "for a pair that is there twice": lambda draw: (["b", "a", "n", "a", "n", "a"], ("a", "n")),
        "for `a a a` and the pair `a a`": lambda draw: (["a", "a", "a"], ("a", "a")),
        "for six a's": lambda draw: (["a"] * 6, ("a", "a")),
        "for a pair at the end": lambda draw: (["k", "in", "g"], ("in", "g")),
        "for a pair that is not there": lambda draw: (["o", "n", "e"], ("e", "n")),
        "where one token spells the pair already": lambda draw: (["s", "in", "i", "n", "g"], ("i", "n")),
        "where the parts end and begin like the pair": lambda draw: (["ri", "n", "g"], ("i", "n")),
        "for one token": lambda draw: (["ring"], ("r", "ing")),
        "for none": lambda draw: ([], ("a", "b")),
    },
    tests=[a_list_of_tokens],
    known_mistakes={
        "only the first": (
            first_only,
            "You merge the first occurrence and stop. Every occurrence is to be merged.",
        ),
        "overlapping": (
            overlapping,
            "After a merge you go on by one place, and use its second token again. It is used up: go on by two.",
        ),
        "from the right": (
            from_the_right,
            "You merge from right to left, so that `a a a` becomes `a` `aa`. From left to right it is `aa` `a`.",
        ),
        "the last one lost": (
            last_one_lost,
            "The last token is lost when it is not part of a pair: your loop ends one place too early.",
        ),
        "by spelling": (
            by_spelling,
            "You look at the spelling, not at the tokens: what was already merged is taken apart, or merged across a "
            "border. Compare tokens with the pair, two at a time.",
        ),
        "eating on": (
            to_the_end,
            "You let the new token, or one that merely ends like the pair, swallow what follows. Compare whole tokens "
            "of the *old* list with the pair.",
        ),
    },
    hints=[
        "Walk through the old list with an index, and build a new one.",
        "At each place look at two tokens, `tokens[at]` and `tokens[at + 1]`. Are they the pair? Then the new list "
        "gets one token, and the index goes on by two.",
        "Take care at the end of the list: `tuple(tokens[at : at + 2]) == pair` is simply False where only one token "
        "is left.",
        "`while at < len(tokens):` with an `if` (append `pair[0] + pair[1]`, `at += 2`) and an `else` (append "
        "`tokens[at]`, `at += 1`).",
    ],
)
