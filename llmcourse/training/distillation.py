"""Distillation: a small model learns from what a large one would have said, and not only from what was said.

A text shows one word at each place. A teacher that has read much knows more about that place: which other words could
have stood there, and how likely each was. Its whole distribution is the *soft target*:

    loss = (1 - alpha) · cross-entropy with the text  +  alpha · T² · KL(teacher at temperature T || student at T)

Hinton, Vinyals and Dean (2015), Distilling the Knowledge in a Neural Network.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import AnyBatch, Row, collate
from llmcourse.training.loss import IGNORE

Number = int | float
Teacher = Callable[[Row], Float[Tensor, "position vocab"]]  # logits of a text's next tokens, from its ids
IMPOSSIBLE = -30.0  # the logit of a word that cannot come: e^-30 is 0 to every eye, and yet has a logarithm


def soft_target_loss(
    student: Float[Tensor, "*place vocab"], teacher: Float[Tensor, "*place vocab"], temperature: Number = 1
) -> Float[Tensor, ""]:
    """T² KL(teacher || student) in nats, both softened by the temperature T: the mean over all places.

    Both are logits. Softening divides a gradient by about T²; the factor takes that back, so that the weight of the
    soft targets beside the text's own words does not depend on T. For a large T the loss becomes half the mean squared
    difference of the centred logits. Hinton et al. (2015), section 2.
    """
    ours = (student / temperature).log_softmax(dim=-1)
    theirs = (teacher / temperature).log_softmax(dim=-1)
    at_each_place = (theirs.exp() * (theirs - ours)).sum(dim=-1)  # KL, summed over the vocabulary
    return temperature**2 * at_each_place.mean()


def distillation_loss(
    student: Float[Tensor, "batch position vocab"],
    teacher: Float[Tensor, "batch position teacher_vocab"],
    targets: Int[Tensor, "batch position"],
    temperature: Number = 1,
    alpha: Number = 1,
) -> Float[Tensor, ""]:
    """(1 - alpha) · cross-entropy + alpha · soft_target_loss, over all places whose target is not `IGNORE`.

    Raises CourseError for a temperature that is not above 0, an alpha outside of 0 to 1, and two vocabularies.
    """
    if not temperature > 0 or not 0 <= alpha <= 1:
        raise CourseError(f"temperature={temperature} must be above 0, and alpha={alpha} lie between 0 and 1")
    if student.shape[-1] != teacher.shape[-1]:
        sizes = f"{student.shape[-1]} and {teacher.shape[-1]} tokens"
        raise CourseError(f"student and teacher have {sizes}: soft targets need one vocabulary for both")
    scored = targets != IGNORE
    hard = F.cross_entropy(student[scored], targets[scored])
    return (1 - alpha) * hard + alpha * soft_target_loss(student[scored], teacher[scored], temperature)


def gap_closed(alone: Number, student: Number, floor: Number) -> float:
    """What share of the way from the loss of a student trained alone down to the floor this one has gone.

    Raises CourseError where there is no gap to close.
    """
    if not alone > floor:
        raise CourseError(f"a loss of {alone:.3f} at a floor of {floor:.3f} leaves no gap to close")
    return (alone - student) / (alone - floor)


@dataclass(frozen=True, eq=False)
class DistillationBatch(AnyBatch):
    """A batch with what the teacher said to it. The loop finds its loss in `nats`."""

    ids: Int[Tensor, "batch position"]
    targets: Int[Tensor, "batch position"]
    teacher: Float[Tensor, "batch position vocab"]
    temperature: Number = 1
    alpha: Number = 1

    def logits(self, model: Any) -> Float[Tensor, "batch position vocab"]:
        """What the student says: by this it is evaluated, with the text's own words as always."""
        return model(self.ids)

    def nats(self, model: Any) -> Float[Tensor, ""]:
        said = self.logits(model).float()
        return self.scored * distillation_loss(said, self.teacher, self.targets, self.temperature, self.alpha)

    def each(self, change: Callable[[Tensor], Tensor]) -> "DistillationBatch":
        return replace(self, ids=change(self.ids), targets=change(self.targets), teacher=change(self.teacher))


class Distillation:
    """An objective for `Batches`: the next token, with a teacher's distribution for each.

    The teacher reads each text once; what it said is kept, and used again in later epochs and by other students.

        Batches(stories, tokenizer, 128, 16, objective=Distillation(model_teacher(teacher), tokenizer))
    """

    def __init__(self, teacher: Teacher, tokenizer: Tokenizer, temperature: Number = 1, alpha: Number = 1):
        self.teacher, self.tokenizer = teacher, tokenizer
        self.temperature, self.alpha = temperature, alpha
        self.kept: dict[tuple[int, ...], Float[Tensor, "position vocab"]] = {}

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> DistillationBatch:
        batch = collate(rows, self.tokenizer)
        teacher = torch.zeros(*batch.ids.shape, self.tokenizer.vocab_size)
        for place, row in enumerate(rows):
            teacher[place, : len(row) - 1] = self.said(row)
        return DistillationBatch(batch.ids, batch.targets, teacher, self.temperature, self.alpha)

    def said(self, row: Row) -> Float[Tensor, "position vocab"]:
        """The teacher's logits at every place of a text but the last, where nothing is asked."""
        key = tuple(row)
        if key not in self.kept:
            self.kept[key] = self.teacher(row[:-1])
        return self.kept[key]

    def changed(self, temperature: Number = 1, alpha: Number = 1) -> "Distillation":
        """The same teacher with other settings. What it has said already is shared."""
        other = Distillation(self.teacher, self.tokenizer, temperature, alpha)
        other.kept = self.kept
        return other


def model_teacher(model: GPT) -> Teacher:
    """A trained model as a teacher."""

    @torch.no_grad()
    def teacher(ids: Row) -> Tensor:
        with evaluating(model):
            return model(torch.tensor([ids], device=model.device))[0].float().cpu()

    return teacher


def world_teacher(world: World, tokenizer: Tokenizer) -> Teacher:
    """The perfect teacher, who knows the true distribution of every next word: the limit of what one can teach.

    It can read whole stories of its world only. Raises NotAStory for anything else.
    """

    def teacher(ids: Row) -> Tensor:
        options = world.next_words(tokenizer.decode(ids))
        logits = torch.full((len(ids), tokenizer.vocab_size), IMPOSSIBLE)
        for place, words in enumerate(options):
            for word, probability in words.items():
                logits[place, tokenizer.id_of(word)] = math.log(probability)
        logits[len(options), tokenizer.eos_id] = 0.0  # after the last word comes the end, for certain
        return logits

    return teacher
