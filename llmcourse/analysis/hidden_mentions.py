"""Where does a BERT look from a name that is hidden? At the other mentions of the same one, before and after it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story
from llmcourse.errors import CourseError
from llmcourse.inference.gaps import gap_ids
from llmcourse.model.bert import BERT
from llmcourse.model.recording import record


def hidden_mentions(story: Story) -> Iterator[tuple[int, list[int]]]:
    """Each word that mentions somebody or something, and all other mentions of the same: positions of the tokens."""
    places: dict[str, list[int]] = defaultdict(list)
    for mention in story.mentions:
        places[mention.role].append(mention.position)
    for together in places.values():
        for place in together:
            if len(together) > 1:
                yield place, [other for other in together if other != place]


@torch.no_grad()
def hidden_mention_scores(
    model: BERT, tokenizer: Tokenizer, stories: Sequence[Story], beside: int = 0
) -> tuple[Float[Tensor, "layer head"], float]:
    """(for each head, the share of its weight that goes from a hidden mention to the other mentions; what looking
    everywhere alike would give): means over all mentions of all stories, each hidden by itself.

    beside: look from so many places beside the mention instead; -1 is the word before it.
    Raises CourseError when there are no stories.
    """
    if not stories:
        raise CourseError("where a model looks is measured on stories, and there are none")
    shares, uniform = [], []
    for story in stories:
        for place, others in hidden_mentions(story):
            words = [None if at == place else word for at, word in enumerate(story.tokens)]
            with record(model, "blocks.*.attention.weights") as trace:
                model(gap_ids(tokenizer, words).to(model.device))
            weights = torch.stack([trace[name][0] for name in trace.names]).float().cpu()  # layer head query key
            shares.append(weights[:, :, place + 1 + beside, [other + 1 for other in others]].sum(-1))
            uniform.append(len(others) / weights.shape[-1])
    return torch.stack(shares).mean(0), sum(uniform) / len(uniform)
