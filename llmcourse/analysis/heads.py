"""What does each attention head attend to? Scored against patterns that are known to be there.

A *link* is a pair (query position, key position) that a head of some kind would connect. The previous token and the
same word can be read off any text; who refers to whom is known here because the world wrote the story.

==================  ================================================================================================
previous token      from each token to the one before it
same word           from each word to its earlier occurrences
induction           from each word to what *followed* its earlier occurrences: the way to copy (Olsson et al. 2022)
coreference         from each later mention of somebody or something ("she") to the earlier ones ("Mia", "her")
coreference ahead   the same from the word *before* the mention: where a causal model has to know who comes next
==================  ================================================================================================

A head's score for a pattern is the share of its attention that goes along the links, averaged over the queries that
have any. It says where a head looks, not yet what it does: chapter 21 tests that by intervention.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story
from llmcourse.model import GPT, record

#: For each query position, the key positions that a head of this kind attends to.
Links = dict[int, list[int]]

PATTERNS = ("previous token", "same word", "induction", "coreference", "coreference ahead")
MARKS = frozenset(".,?")


def pattern_links(story: Story) -> dict[str, Links]:
    """The links of each pattern in a story, in positions of its tokens after ``<bos>`` (which is position 0)."""
    links: dict[str, Links] = {name: defaultdict(list) for name in PATTERNS}
    seen: dict[str, list[int]] = defaultdict(list)
    for position, token in enumerate(story.tokens, start=1):
        links["previous token"][position] = [position - 1]
        if token not in MARKS:
            if seen[token]:
                links["same word"][position] = list(seen[token])
                links["induction"][position] = [earlier + 1 for earlier in seen[token]]
            seen[token].append(position)
    mentioned: dict[str, list[int]] = defaultdict(list)
    for mention in story.mentions:
        position = mention.position + 1
        if mentioned[mention.role]:
            links["coreference"][position] = list(mentioned[mention.role])
            links["coreference ahead"][position - 1] = list(mentioned[mention.role])
        mentioned[mention.role].append(position)
    return links


def share_along_links(
    weights: Float[Tensor, "head query key"], links: Mapping[int, Sequence[int]]
) -> Float[Tensor, " head"]:
    """How much of its attention each head sends along the links: the mean over the queries that have any.

    `links`: for a query position, the key positions that a head of this kind attends to. Without any, all scores are 0.
    """
    shares = [weights[:, query, list(keys)].sum(dim=-1) for query, keys in links.items()]  # each: head
    return torch.stack(shares).mean(dim=0) if shares else torch.zeros(len(weights))


@torch.no_grad()
def head_scores(model: GPT, tokenizer: Tokenizer, stories: Sequence[Story]) -> dict[str, Float[Tensor, "layer head"]]:
    """The share of each head's attention that goes along the links of each pattern, from 0 to 1.

    It is the mean over all queries of all stories, so that long stories with many links count for more.
    """
    totals = {name: torch.zeros(model.config.n_layers, model.config.n_heads) for name in PATTERNS}
    counts = dict.fromkeys(PATTERNS, 0)
    for story in stories:
        ids = torch.tensor([tokenizer.encode(story.text, bos=True)], device=model.device)
        with record(model, "blocks.*.attention.weights") as trace:
            model(ids)
        weights = torch.cat([trace[name][0] for name in trace.names]).float().cpu()  # layer·head query key
        for name, links in pattern_links(story).items():
            totals[name] += len(links) * share_along_links(weights, links).view_as(totals[name])
            counts[name] += len(links)
    return {name: totals[name] / max(1, counts[name]) for name in PATTERNS}


def uniform_scores(stories: Sequence[Story]) -> dict[str, float]:
    """What a head would score that attends to every earlier position alike: the baseline for `head_scores`."""
    scores = {}
    for name in PATTERNS:
        shares = [len(keys) / (query + 1) for story in stories for query, keys in pattern_links(story)[name].items()]
        scores[name] = sum(shares) / max(1, len(shares))
    return scores
