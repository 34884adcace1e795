"""What a tuned model has lost on plain stories, by the part of the story in which it loses it."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.inference.generate import evaluating
from llmcourse.model.gpt import GPT

PARTS = ("opening", "rest of the tale", "question", "answer")
OPENING = 2  # sentences


def parts_of(tokens: Sequence[str]) -> list[str]:
    """The part that each word of a story belongs to."""
    full_stops = [at for at, token in enumerate(tokens) if token == "."]
    opening, tale, mark = full_stops[OPENING - 1], full_stops[-2], tokens.index("?")
    return [PARTS[(at > opening) + (at > tale) + (at > mark)] for at in range(len(tokens))]


@torch.no_grad()
def loss_by_part(
    model: GPT, tokenizer: Tokenizer, stories: Sequence[str], world: World | None = None
) -> dict[str, float]:
    """The model's mean loss in nats per word, for each part of these stories. `<eos>` is not counted."""
    world, nats = world or World(), {part: [0.0, 0] for part in PARTS}
    with evaluating(model):
        for text in stories:
            tokens = world.read(text).tokens
            ids = torch.tensor([tokenizer.encode(text, bos=True)], device=model.device)
            losses = F.cross_entropy(model(ids)[0, :-1], ids[0, 1:], reduction="none")
            for part, loss in zip(parts_of(tokens), losses.tolist(), strict=True):
                nats[part] = [nats[part][0] + loss, nats[part][1] + 1]
    return {part: total / count for part, (total, count) in nats.items()}
