"""Before a word is copied: how much of its attention does each head give to the places where that word stands?

A head that copies looks from the place before the word to an earlier mention of it. In the story world we know which
tokens are copies (`token_kinds`), so every head can be scored.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.analysis.token_kinds import token_kinds
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record


@torch.no_grad()
def attention_to_sources(model: GPT, tokenizer: Tokenizer, stories: Sequence[Story]) -> Float[Tensor, "layer head"]:
    """The mean over all copied tokens of the weight that each head, one place before, gives to earlier mentions of it.

    Raises CourseError when no token of the stories is a copy.
    """
    total, copies = torch.zeros(model.config.n_layers, model.config.n_heads), 0
    for story in stories:
        ids = torch.tensor(tokenizer.encode(story.text, bos=True), device=model.device)
        with evaluating(model), record(model, "blocks.*.attention.weights") as trace:
            model(ids[None])
        weights = torch.stack([trace[name][0] for name in trace])  # layer head query key
        for place, kind in enumerate(token_kinds(story)[:-1]):  # token number `place` is foretold at position `place`
            earlier = ids[: place + 1] == ids[place + 1]
            if kind == "copy" and earlier.any():
                total += weights[:, :, place, : place + 1][..., earlier].sum(-1).cpu()
                copies += 1
    if copies == 0:
        raise CourseError("no word of these stories is copied from an earlier place: take more stories")
    return total / copies
