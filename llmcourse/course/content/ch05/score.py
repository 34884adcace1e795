"""Exercise: how much of a head's attention follows a pattern?"""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.heads import share_along_links
from llmcourse.course.exercise import Exercise

LINKS = {2: [0], 4: [0, 2], 5: [1, 3, 4]}


def attention(draw, heads, n):
    """Causal weights of some heads."""
    return draw(heads, n, n).masked_fill(torch.ones(n, n, dtype=torch.bool).triu(1), -torch.inf).softmax(-1)


def by_query(reduce):
    """A score with one thing changed: how the shares of a query, and those of all queries, are taken together."""

    def score(weights, links):
        return torch.stack([reduce(weights[:, query, list(keys)]) for query, keys in links.items()]).mean(dim=0)

    return score


def all_pairs_alike(weights, links):
    pairs = [weights[:, query, key] for query, keys in links.items() for key in keys]
    return torch.stack(pairs).mean(dim=0)


def over_all_queries(weights, links):
    return sum(weights[:, query, list(keys)].sum(-1) for query, keys in links.items()) / weights.shape[1]


def exchanged(weights, links):
    return torch.stack([weights[:, list(keys), query].sum(-1) for query, keys in links.items()]).mean(dim=0)


SCORE = Exercise(
    key="score",
    title="Score heads against a pattern",
    task="Write `share_along_links(weights, links)`: for each head, the share of attention that goes along the links, "
    "averaged over the queries that have any.",
    difficulty=2,
    minutes=15,
    answer=share_along_links,
    cases={
        "for one head and one link": lambda draw: (attention(draw, 1, 3), {2: [0]}),
        "for the token before": lambda draw: (attention(draw, 2, 5), {1: [0], 2: [1], 3: [2], 4: [3]}),
        "for queries with several links": lambda draw: (attention(draw, 4, 6), LINKS),
        "for a head that follows them all": lambda draw: (torch.eye(3).roll(1, 0)[None], {1: [0], 2: [1]}),
    },
    known_mistakes={
        "all pairs alike": (
            all_pairs_alike,
            "You take the mean over all pairs. A query with three links that shares its whole among them then counts "
            "as a third: sum the weights of a query over its keys first, then take the mean over the queries.",
        ),
        "mean over the keys of a query": (
            by_query(lambda weights: weights.mean(-1)),
            "For a query with several links you take the mean of its weights. Its attention along the links is their "
            "sum.",
        ),
        "the strongest link only": (
            by_query(lambda weights: weights.amax(-1)),
            "For a query with several links you take the largest weight. All of them lie on the pattern: add them up.",
        ),
        "over all queries": (
            over_all_queries,
            "You divide by the number of all tokens. Most have no link and could not have followed one: average over "
            "those that have.",
        ),
        "queries and keys exchanged": (
            exchanged,
            "You look up the weights from key to query. A row is a query, a column a key: `weights[:, query, key]`; "
            "under a causal mask the other way round is 0.",
        ),
        "one number for all heads": (
            lambda weights, links: share_along_links(weights, links).mean(),
            "You return one number, the mean of all heads. The question is which head it is: a number for each.",
        ),
    },
    hints=[
        "Take one query with its keys first. Where in `weights` does its attention to these keys stand?",
        "`weights[:, query, keys]` holds, for every head, the weights of one query on a list of keys. Sum them: that "
        "is the share which follows the pattern.",
        "Collect these shares in a list, one tensor (a number for each head) per query; `torch.stack(shares).mean(0)` "
        "is the score.",
    ],
)
