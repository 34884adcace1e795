"""One loss, five skills: what kind of knowledge does each token of a story ask for?

The mean loss says how good a model is, not at what. In the story world every token can be sorted, because the world
knows where it had a choice and where it had none:

========  ==========================================================================  ==============================
choice    the world drew here; nobody can know, so the loss has a floor above zero    "Mia the ▁" (baker? pilot?)
grammar   forced by the last few words                                                "lived near ▁" (the)
pronoun   forced: she, he, it, her, … follow from who is meant                        "Tom lost ▁ key" (his)
copy      forced: a name or a thing that was drawn earlier has to come again          "Who lost the key? ▁" (Tom)
sum       forced: a number that has to be computed                                    "had four, got two: ▁" (six)
========  ==========================================================================  ==============================

The world gives each forced token the probability 1, so there the floor is zero, and all loss is the model's own.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.lexicon import CATEGORIES, NUMBERS
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT
from llmcourse.training.batches import collate, document_ids
from llmcourse.training.loss import IGNORE

KINDS = ("choice", "grammar", "pronoun", "copy", "sum")

#: What can be drawn once and told again. Where somebody lives or goes is told only once.
REPEATABLE = frozenset(
    word.lower()
    for name, (_, nouns) in CATEGORIES.items()
    if name not in ("homes", "places", "spots")
    for noun in nouns
    for word in noun.split()
)


def token_kinds(story: Story) -> list[str]:
    """The kind of each token of the story, and of the `<eos>` after it, which is grammar."""
    question_mark = story.tokens.index("?")
    first_of_answer = question_mark + (2 if story.tokens[question_mark + 1] == "The" else 1)
    pronouns = {mention.position for mention in story.mentions if mention.kind == "pronoun"}
    told: set[str] = set()
    kinds = []
    for position, (token, log_prob) in enumerate(zip(story.tokens, story.log_probs, strict=True)):
        word = token.lower()
        if log_prob < 0:
            kind = "choice"
        elif position == first_of_answer or (word in REPEATABLE and word in told):
            kind = "copy"
        elif word in NUMBERS:
            kind = "sum"
        elif position in pronouns:
            kind = "pronoun"
        else:
            kind = "grammar"
        kinds.append(kind)
        told.add(word)
    return [*kinds, "grammar"]


@torch.no_grad()
def token_losses(model: GPT, tokenizer: Tokenizer, texts: Sequence[str]) -> list[Float[Tensor, "token"]]:
    """-ln p of each token of each text, and of the `<eos>` after it, in nats."""
    if not texts:
        raise CourseError("there is nothing to score: the list of texts is empty")
    batch = collate(document_ids(texts, tokenizer), tokenizer).to(model.device)
    with evaluating(model):
        logits = model(batch.ids).float()
    losses = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORE, reduction="none")
    lengths = (batch.targets != IGNORE).sum(dim=1).tolist()
    rows = losses.view(batch.targets.shape).cpu()
    return [row[:length] for row, length in zip(rows, lengths, strict=True)]


def mean_by_kind(stories: Sequence[Story], losses: Sequence[Sequence[float] | Tensor]) -> dict[str, float]:
    """The mean of the tokens' losses for each kind; `losses` has one list for each story, with its `<eos>`.

    Raises CourseError when the losses are not those of these stories.
    """
    sums, counts = dict.fromkeys(KINDS, 0.0), dict.fromkeys(KINDS, 0)
    for story, row in zip(stories, losses, strict=True):
        values = row.tolist() if isinstance(row, Tensor) else row
        kinds = token_kinds(story)
        if len(values) != len(kinds):
            raise CourseError(f"a story of {len(kinds)} tokens (with its <eos>) cannot have {len(values)} losses")
        for kind, value in zip(kinds, values, strict=True):
            sums[kind] += value
            counts[kind] += 1
    return {kind: sums[kind] / max(1, counts[kind]) for kind in KINDS}


def loss_by_kind(model: GPT, tokenizer: Tokenizer, stories: Sequence[Story]) -> dict[str, float]:
    """The model's loss on each kind of token, in nats."""
    return mean_by_kind(stories, token_losses(model, tokenizer, [story.text for story in stories]))


def floor_by_kind(stories: Sequence[Story]) -> dict[str, float]:
    """The world's own loss on each kind: the entropy of its choices, and zero for all that is forced."""
    return mean_by_kind(stories, [[*(-log_prob for log_prob in story.log_probs), 0.0] for story in stories])


def steepest_fall(steps: Sequence[int], values: Sequence[float]) -> tuple[int, int]:
    """Between which two neighbouring steps a curve falls fastest, per step.

    Raises CourseError for fewer than two points.
    """
    if len(steps) < 2 or len(steps) != len(values):
        raise CourseError(f"a fall needs two points and a value for each: got {len(steps)} steps, {len(values)} values")
    slopes = [(b - a) / (t - s) for s, t, a, b in zip(steps, steps[1:], values, values[1:], strict=False)]
    place = min(range(len(slopes)), key=slopes.__getitem__)
    return steps[place], steps[place + 1]
