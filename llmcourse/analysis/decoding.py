"""What a way of choosing tokens does to the texts as a whole: are they true, how varied are they, what is out of reach?

The world knows each story's exact probability, so all of it can be measured: quality as the share of written stories
that are stories of the world, and diversity as the entropy of what is written. By the chain rule a story's entropy is
the sum of the entropies of its choices, so a few hundred stories are enough to measure it, although there are more
different ones than anybody could write.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.reader import StoryReader
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story, World
from llmcourse.inference import generate, sample, stays
from llmcourse.inference.generate import Adjust, evaluating
from llmcourse.model.gpt import GPT

Change = Callable[[Tensor], Tensor]  # logits (batch vocab) -> logits (batch vocab)


def entropy(logits: Float[Tensor, "*batch vocab"]) -> Float[Tensor, "*batch"]:
    """The entropy of the distributions that these logits stand for, in nats."""
    log_probs = logits.log_softmax(dim=-1)
    probabilities = log_probs.exp()
    return -(probabilities * log_probs.masked_fill(probabilities == 0, 0)).sum(dim=-1)


class Written(NamedTuple):
    """What a decoder wrote, and what came of it."""

    texts: list[str]
    true: float  # the share that are stories of the world
    entropy: float  # of what it writes after the beginnings, in nats per story


def write(
    model: GPT,
    tokenizer: Tokenizer,
    beginnings: Int[Tensor, "batch position"],
    change: Change,
    world: World,
    seed: int = 0,
    adjust: Adjust | None = None,
) -> Written:
    """One story for each beginning, drawn from logits that `change` has changed, and judged by the world.

    `adjust` is the rule or the penalty of `generate`, which sees the ids so far; it comes before `change`.
    """
    beginnings = beginnings.to(model.device)
    choices: list[Tensor] = []

    def choose(logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
        logits = change(logits)
        choices.append(entropy(logits))
        return sample(logits, generator)

    n, room = beginnings.shape[1], model.config.context - beginnings.shape[1]
    rows = generate(
        model,
        beginnings,
        room,
        choose,
        stop_id=tokenizer.eos_id,
        generator=torch.Generator().manual_seed(seed),
        adjust=adjust,
    )
    ends = (rows[:, n:] == tokenizer.eos_id).long()
    over = ends.cumsum(dim=1) - ends > 0  # batch position: the story had ended before
    open_choices = torch.stack(choices, dim=1).masked_fill(over, 0)
    texts = [tokenizer.decode(row) for row in rows.tolist()]
    true = sum(map(world.is_story, texts)) / len(texts)
    return Written(texts, true, open_choices.sum(dim=1).mean().item())


class Places(NamedTuple):
    """All places of some stories: what the model says there, what the world knows, what came."""

    logits: Float[Tensor, "place vocab"]
    truth: Float[Tensor, "place vocab"]  # the world's exact probabilities
    ids: Int[Tensor, " place"]  # the token that came
    story: Int[Tensor, " place"]  # in which story


@torch.no_grad()
def places(model: GPT, tokenizer: Tokenizer, world: World, stories: Sequence[Story], skip: int = 0) -> Places:
    """Every place of these stories after their first `skip` words, with the model's logits beside the truth."""
    logits, truth, came, where = [], [], [], []
    with evaluating(model):
        for number, story in enumerate(stories):
            ids = tokenizer.encode(story.text, bos=True)
            said = model(torch.tensor([ids], device=model.device))[0].float().cpu()
            reader = StoryReader(world)
            for place, word in enumerate(story.tokens):
                if place >= skip:
                    row = torch.zeros(tokenizer.vocab_size)
                    row[[tokenizer.id_of(option) for option in reader.options]] = torch.tensor(
                        list(reader.options.values())
                    )
                    truth.append(row)
                    logits.append(said[place])
                    came.append(ids[place + 1])
                    where.append(number)
                reader.read(word)
    return Places(torch.stack(logits), torch.stack(truth), torch.tensor(came), torch.tensor(where))


def agreement(at: Places, change: Change) -> float:
    """The share of probability on which the changed model and the world agree, a mean over all places; 1 is perfect."""
    return torch.minimum(at.truth, change(at.logits).softmax(dim=-1)).sum(dim=-1).mean().item()


def coverage(at: Places, change: Change) -> float:
    """The share of the stories that can still be written: none of their tokens has been ruled out."""
    out = ~stays(change(at.logits), at.ids)
    lost = torch.zeros(int(at.story.max()) + 1, dtype=torch.bool)
    lost[at.story[out]] = True
    return 1 - lost.float().mean().item()


def impossible(at: Places, change: Change) -> float:
    """The probability that the changed model gives to words with which no story goes on, a mean over all places."""
    return change(at.logits).softmax(dim=-1).masked_fill(at.truth > 0, 0).sum(dim=-1).mean().item()


def world_kl(at: Places, change: Change) -> float:
    """KL(world || changed model) in nats per word; infinite where a word that the world writes has been ruled out."""
    log_q = change(at.logits).log_softmax(dim=-1)
    log_p = at.truth.log()
    return (at.truth * (log_p - log_q).masked_fill(at.truth == 0, 0)).sum(dim=-1).mean().item()
