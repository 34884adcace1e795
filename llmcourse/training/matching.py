"""Matching: the student is also told how the teacher got there, layer by layer.

Soft targets judge the last layer only. Inside, teacher and student can be compared too: where each token looks
(attention maps, which have the same shape in both), and what it holds (hidden states, brought to the teacher's width
by a learned matrix that is thrown away afterwards).

Jiao et al. (2020), TinyBERT: Distilling BERT for Natural Language Understanding, section 3.1; Wang et al. (2020),
MiniLM: Deep Self-Attention Distillation, which compares attention by its KL divergence, as is done here.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.gpt import GPT
from llmcourse.model.recording import record
from llmcourse.training.batches import AnyBatch, Row, collate
from llmcourse.training.distillation import Number, distillation_loss
from llmcourse.training.loss import IGNORE

ATTENTION, HIDDEN = "blocks.{}.attention.weights", "blocks.{}.residual_out"
SMALLEST = 1e-9  # a weight that a mask has set to 0 still needs a logarithm


def layer_map(student_layers: int, teacher_layers: int) -> list[int]:
    """For each layer of the student the teacher's at the same relative depth; the last belongs to the last.

    Raises CourseError for a student with more layers than the teacher.
    """
    if student_layers > teacher_layers:
        raise CourseError(f"{student_layers} layers cannot each be given another of the teacher's {teacher_layers}")
    return [-(-(layer + 1) * teacher_layers // student_layers) - 1 for layer in range(student_layers)]


def attention_loss(
    student: Float[Tensor, "batch head query key"],
    teacher: Float[Tensor, "batch teacher_head query key"],
    scored: Bool[Tensor, "batch query"],
) -> Float[Tensor, ""]:
    """KL(teacher || student) in nats between where the same head of both looks: the mean over heads and scored queries.

    Raises CourseError for different numbers of heads.
    """
    if student.shape != teacher.shape:
        heads = f"{student.shape[1]} heads and the teacher's {teacher.shape[1]}"
        raise CourseError(f"the student's {heads} cannot be compared one by one: give both the same number of heads")
    ratio = teacher.clamp(min=SMALLEST).log() - student.clamp(min=SMALLEST).log()
    return (teacher * ratio).sum(dim=-1).mT[scored].mean()


def hidden_loss(
    projected: Float[Tensor, "batch position d_teacher"],
    teacher: Float[Tensor, "batch position d_teacher"],
    scored: Bool[Tensor, "batch position"],
) -> Float[Tensor, ""]:
    """Squared distance of the student's vectors from the teacher's, as a share of the latter's own length squared."""
    return (projected - teacher)[scored].square().sum() / teacher[scored].square().sum()


class MatchedStudent(nn.Module):
    """A student, and for each of its layers the matrix that brings its vectors to the teacher's width.

    `seed` decides how these matrices begin; the student stays as it is given.
    """

    def __init__(self, student: GPT, teacher: GPT, seed: int = 0):
        super().__init__()
        self.config, self.student = student.config, student
        ours, theirs = student.config.d_model, teacher.config.d_model
        matrices = [nn.Linear(ours, theirs, bias=False, device=student.device) for _ in range(student.config.n_layers)]
        generator = torch.Generator().manual_seed(seed)
        for matrix in matrices:
            matrix.weight.data.copy_(torch.randn(theirs, ours, generator=generator) / ours**0.5)
        self.projections = nn.ModuleList(matrices)

    def forward(self, ids: Int[Tensor, "batch position"]) -> Float[Tensor, "batch position vocab"]:
        return self.student(ids)


@dataclass(frozen=True, eq=False)
class MatchingBatch(AnyBatch):
    """A batch with what the teacher said, where its heads looked and what its layers held, by the student's layers."""

    ids: Int[Tensor, "batch position"]
    targets: Int[Tensor, "batch position"]
    teacher: Float[Tensor, "batch position vocab"]
    attention: Float[Tensor, "batch layer head position key"]
    hidden: Float[Tensor, "batch layer position d_teacher"]
    alpha: Number = 1
    attention_weight: Number = 0
    hidden_weight: Number = 0

    def logits(self, model: Any) -> Float[Tensor, "batch position vocab"]:
        return model(self.ids)

    def nats(self, model: MatchedStudent) -> Float[Tensor, ""]:
        layers, scored = range(model.config.n_layers), self.targets != IGNORE
        wanted = {"logits": 1, ATTENTION.format("*"): self.attention_weight, HIDDEN.format("*"): self.hidden_weight}
        with record(model.student, *(name for name, weight in wanted.items() if weight), keep_grad=True) as trace:
            loss = distillation_loss(model(self.ids).float(), self.teacher, self.targets, alpha=self.alpha)
        for layer in layers:
            if self.attention_weight:
                looks = attention_loss(trace[ATTENTION.format(layer)], self.attention[:, layer], scored)
                loss = loss + self.attention_weight / len(layers) * looks
            if self.hidden_weight:
                projected = model.projections[layer](trace[HIDDEN.format(layer)])
                holds = hidden_loss(projected, self.hidden[:, layer], scored)
                loss = loss + self.hidden_weight / len(layers) * holds
        return self.scored * loss

    def each(self, change: Callable[[Tensor], Tensor]) -> "MatchingBatch":
        ids, targets, teacher = change(self.ids), change(self.targets), change(self.teacher)
        attention, hidden = change(self.attention), change(self.hidden)
        return replace(self, ids=ids, targets=targets, teacher=teacher, attention=attention, hidden=hidden)


class Matching:
    """An objective for `Batches`: soft targets at temperature 1, attention maps and hidden states of a teacher.

    The model to train is a `MatchedStudent`. The teacher reads each text once, as in `Distillation`.

    layers:                   for each layer of the student one of the teacher's, see `layer_map`
    alpha, attention, hidden: what each part of the loss counts
    """

    def __init__(
        self,
        teacher: GPT,
        tokenizer: Tokenizer,
        layers: Sequence[int],
        alpha: Number = 1,
        attention: Number = 0,
        hidden: Number = 0,
    ):
        self.teacher, self.tokenizer, self.layers = teacher, tokenizer, list(layers)
        self.alpha, self.attention, self.hidden = alpha, attention, hidden
        self.kept: dict[tuple[int, ...], tuple[Tensor, Tensor, Tensor]] = {}

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> MatchingBatch:
        batch = collate(rows, self.tokenizer)
        n_rows, width = batch.ids.shape
        config, layers = self.teacher.config, len(self.layers)
        logits = torch.zeros(n_rows, width, config.vocab_size)
        attention = torch.zeros(n_rows, layers, config.n_heads, width, width)
        hidden = torch.zeros(n_rows, layers, width, config.d_model)
        for place, row in enumerate(rows):
            n = len(row) - 1
            said, looked, held = self.read(row)
            logits[place, :n], attention[place, :, :, :n, :n], hidden[place, :, :n] = said, looked, held
        return MatchingBatch(
            batch.ids, batch.targets, logits, attention, hidden, self.alpha, self.attention, self.hidden
        )

    @torch.no_grad()
    def read(self, row: Row) -> tuple[Tensor, Tensor, Tensor]:
        """(logits, attention, hidden states) of the teacher for one text; the latter two kept in 16 bits."""
        key = tuple(row)
        if key not in self.kept:
            names = [pattern.format("*") for pattern in (ATTENTION, HIDDEN)]
            with evaluating(self.teacher), record(self.teacher, *names) as trace:
                logits = self.teacher(torch.tensor([row[:-1]], device=self.teacher.device))[0].float().cpu()
            looked, held = (
                torch.stack([trace[pattern.format(layer)][0] for layer in self.layers]).cpu().half()
                for pattern in (ATTENTION, HIDDEN)
            )
            self.kept[key] = logits, looked, held
        return self.kept[key]

    def changed(self, alpha: Number = 1, attention: Number = 0, hidden: Number = 0) -> "Matching":
        """The same teacher with other weights. What it has said already is shared."""
        other = Matching(self.teacher, self.tokenizer, self.layers, alpha, attention, hidden)
        other.kept = self.kept
        return other
