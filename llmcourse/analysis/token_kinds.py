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
Copies can be sorted further, by what is copied: a person, a thing, a number, …
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

#: What each word that can be told again is; where somebody lives or goes is told only once.
WHAT = {
    word.lower(): what
    for category, what in {
        "names": "person",
        "jobs": "job",
        "things": "thing",
        "goods": "goods",
        "animals": "animal",
        "pets": "pet's name",
        "looks": "look",
        "coats": "look",
        "glad": "feeling",
        "sorry": "feeling",
    }.items()
    for word in CATEGORIES[category][1]
} | dict.fromkeys(NUMBERS, "number")


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
        elif position == first_of_answer or (word in told and WHAT.get(word, "number") != "number"):
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


def copied(story: Story) -> list[str]:
    """What is copied at each token: "person", "thing", …; "place" where an answer says where; "" if it is no copy."""
    kinds = token_kinds(story)
    return [
        WHAT.get(token.lower(), "place") if kind == "copy" else ""
        for token, kind in zip([*story.tokens, "<eos>"], kinds, strict=True)
    ]


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


def mean_by_label(labels: Sequence[Sequence[str]], losses: Sequence[Sequence[float] | Tensor]) -> dict[str, float]:
    """The mean of the tokens' losses for each label; both have one list for each story, its `<eos>` included.

    Raises CourseError when a story has more or fewer losses than labels.
    """
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for names, row in zip(labels, losses, strict=True):
        if len(row) != len(names):
            raise CourseError(f"a story of {len(names)} tokens (with its <eos>) cannot have {len(row)} losses")
        for name, value in zip(names, row.tolist() if isinstance(row, Tensor) else row, strict=True):
            sums[name] = sums.get(name, 0.0) + value
            counts[name] = counts.get(name, 0) + 1
    return {name: sums[name] / counts[name] for name in sums}


def loss_by_kind(model: GPT, tokenizer: Tokenizer, stories: Sequence[Story]) -> dict[str, float]:
    """The model's loss on each kind of token, in nats."""
    losses = token_losses(model, tokenizer, [story.text for story in stories])
    return mean_by_label([token_kinds(story) for story in stories], losses)


def floor_by_kind(stories: Sequence[Story]) -> dict[str, float]:
    """The world's own loss on each kind: the entropy of its choices, and zero for all that is forced."""
    truth = [[*(-log_prob for log_prob in story.log_probs), 0.0] for story in stories]
    return mean_by_label([token_kinds(story) for story in stories], truth)
