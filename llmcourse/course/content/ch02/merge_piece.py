"""Exercise: encode one piece with the merges that were learned."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from itertools import pairwise

from llmcourse.corpus.tokenizers.merging import merge_piece
from llmcourse.course.exercise import Exercise


def ranked(*merges):
    return {pair: rank for rank, pair in enumerate(merges)}


RING = ranked(("i", "n"), ("in", "g"), ("r", "ing"), ("k", "ing"))
#: The longest token from the left is not what the merges give: `lo w e` against `l ow e`.
SLOW = ranked(("o", "w"), ("l", "o"), ("s", "l"), ("lo", "w"))


def spells_the_same(trial):
    if not isinstance(trial.result, list | tuple):
        return "Return a list of tokens."
    if "".join(map(str, trial.result)) != "".join(trial.inputs[0]):
        return f"The tokens no longer spell the same text {trial.case}."
    return None


def longest_first(symbols, ranks):
    tokens = {left + right for left, right in ranks} | set(symbols)
    text, found = "".join(symbols), []
    while text:
        size = max(n for n in range(1, len(text) + 1) if text[:n] in tokens)
        found.append(text[:size])
        text = text[size:]
    return found


def leftmost_first(symbols, ranks):
    symbols, at = list(symbols), 0
    while at < len(symbols) - 1:
        if (symbols[at], symbols[at + 1]) in ranks:
            symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
            at = 0
        else:
            at += 1
    return symbols


def by_rank(symbols, ranks, choose=min, once=False):
    symbols = list(symbols)
    while len(symbols) > 1:
        known = [(ranks[pair], at) for at, pair in enumerate(pairwise(symbols)) if pair in ranks]
        if not known:
            break
        _, at = choose(known)
        symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
        if once:
            break
    return symbols


def last_rank_first(symbols, ranks):
    return by_rank(symbols, ranks, choose=max)


def from_the_right(symbols, ranks):
    return by_rank(symbols, ranks, choose=lambda known: min(known, key=lambda found: (found[0], -found[1])))


def one_pass(symbols, ranks):
    """Each merge once, but only at the first place where it fits."""
    symbols = list(symbols)
    for left, right in sorted(ranks, key=ranks.get):
        for at in range(len(symbols) - 1):
            if (symbols[at], symbols[at + 1]) == (left, right):
                symbols[at : at + 2] = [left + right]
                break
    return symbols


MERGE_PIECE = Exercise(
    key="merge_piece",
    title="Encode a piece",
    task="Write `merge_piece(symbols, ranks)`: the tokens of one piece; `ranks` maps each pair that was merged in "
    "training to its place in the order of learning, 0 for the first.",
    difficulty=2,
    minutes=15,
    answer=merge_piece,
    cases={
        "for `ring`": lambda draw: (list("ring"), RING),
        "for `king`, which needs three merges": lambda draw: (list("king"), RING),
        "for `singing`, with the same merge at two places": lambda draw: (list("singing"), RING),
        "for `lowe`, where a longer token could come first": lambda draw: (list("lowe"), SLOW),
        "for `slow`, where the leftmost pair was learned last": lambda draw: (list("slow"), SLOW),
        "for `low`, to which only one road leads": lambda draw: (
            list("low"),
            ranked(("o", "w"), ("l", "ow"), ("l", "o")),
        ),
        "for `aaa`": lambda draw: (list("aaa"), ranked(("a", "a"))),
        "for `mill`, in which nothing can be merged": lambda draw: (list("mill"), RING),
        "for one character": lambda draw: (["r"], RING),
        "for nothing": lambda draw: ([], RING),
        "for no merges at all": lambda draw: (list("ring"), {}),
    },
    tests=[spells_the_same],
    known_mistakes={
        "longest token first": (
            longest_first,
            "You take the longest known token from the left. That is another rule than BPE's: it repeats its training, "
            "merge by merge, in the order of learning. `lowe` is `l` `ow` `e`, if `ow` was learned first.",
        ),
        "leftmost pair first": (
            leftmost_first,
            "You merge the first pair from the left that is known. Of all pairs that are there, the one with the "
            "lowest rank comes first, wherever it stands.",
        ),
        "highest rank first": (
            last_rank_first,
            "You begin with the merge that was learned last. Rank 0 was learned first, and comes first.",
        ),
        "one merge only": (
            lambda symbols, ranks: by_rank(symbols, ranks, once=True),
            "You merge one pair and stop. Its token can be part of the next pair: go on until no pair is known.",
        ),
        "from the right": (
            from_the_right,
            "When the same pair is there twice, you begin with the right one. In `aaa` this gives `a` `aa`; training "
            "went from left to right, and made it `aa` `a`.",
        ),
        "each merge at one place": (
            one_pass,
            "You go through the merges once, and each is done at one place only. In `singing` the merge `i n` is "
            "needed twice.",
        ),
        "nothing merged": (
            lambda symbols, ranks: list(symbols),
            "Nothing is merged yet: these are the bare characters.",
        ),
    },
    hints=[
        "What would training have done to this piece? Do it again: the merge that was learned first comes first.",
        "In a loop: list all neighbours with their ranks, take the lowest, merge it, and begin again. Stop when no "
        "pair is in `ranks`.",
        "`ranks.get(pair, math.inf)` gives pairs that were never merged a rank behind all others. The minimum of "
        "`(rank, place)` is the leftmost of the lowest.",
        "Having found the place: `symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]`. Work on a copy, "
        "`symbols = list(symbols)`.",
    ],
)
