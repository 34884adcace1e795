"""An encoder that answers a question by pointing: where in the text the answer begins, and where it ends.

Two heads, from the plainest on:

    SpanHead   one linear layer with two outputs a token. Devlin et al. (2019), section 4.2
    GapHead    the same, and each token is compared with a gap, a `<mask>` that stands where an answer would be written.
               A masked language model has learned to put into that vector what belongs there; here it points with it
"""

import math
from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.bert import BERT
from llmcourse.model.config import ModelConfig
from llmcourse.model.masks import padding_mask
from llmcourse.model.recording import HookPoint
from llmcourse.model.task_model import TaskModel


class SpanHead(nn.Module):
    """For each token two scores: for being the first of the answer, and for being its last. All are 0 at first."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.scores = nn.Linear(config.d_model, 2)
        nn.init.zeros_(self.scores.weight)  # at first every place is as likely as any other
        nn.init.zeros_(self.scores.bias)

    def forward(
        self, encoded: Float[Tensor, "batch position d_model"], allowed: Bool[Tensor, "batch position"]
    ) -> Float[Tensor, "batch 2 position"]:
        """`allowed`: where an answer may begin and end. Everywhere else both scores are -inf: a probability of 0."""
        logits = self.scores(encoded).transpose(1, 2)
        return logits.masked_fill(~allowed[:, None, :], float("-inf"))


class GapHead(SpanHead):
    """Pointing from the gap. Two queries are made of its vector, one for the first token of the answer and one for its
    last; each is compared with a key for every token. Vinyals, Fortunato and Jaitly (2015), Pointer Networks.

    Queries and keys begin as the vectors themselves: the gap points at what is most like it.
    """

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        self.first = nn.Linear(config.d_model, config.d_model, bias=False)
        self.last = nn.Linear(config.d_model, config.d_model, bias=False)
        self.keys = nn.Linear(config.d_model, config.d_model, bias=False)
        for layer in (self.first, self.last, self.keys):
            nn.init.eye_(layer.weight)

    def point(
        self,
        encoded: Float[Tensor, "batch position d_model"],
        gap: Float[Tensor, "batch d_model"],
        allowed: Bool[Tensor, "batch position"],
    ) -> Float[Tensor, "batch 2 position"]:
        """The scores of a `SpanHead`, and to each is added how well the token fits the `gap`."""
        queries = torch.stack([self.first(gap), self.last(gap)], dim=1)  # batch 2 d_model
        fit = queries @ self.keys(encoded).mT / math.sqrt(encoded.shape[-1])
        return self(encoded, allowed) + fit


class SpanReader(TaskModel):
    """A BERT with a span head. Its answer may lie in the text (segment 1), or be the first token: "not here".

    `gap_id`: the id of the `<mask>` that stands behind each question, if the reader is to point from there.
    """

    def __init__(self, backbone: nn.Module, pad_id: int = 0, gap_id: int | None = None):
        """Raises CourseError for a model that does not see the whole text, or knows no segments."""
        if not isinstance(backbone, BERT):
            raise CourseError(f"{type(backbone).__name__} is no encoder: pointing needs a BERT, which sees both sides")
        if backbone.config.n_segments != 2:
            raise CourseError("the BERT cannot tell question and text apart: make it ready by with_segments(bert)")
        super().__init__(backbone, pad_id)
        self.gap_id = gap_id
        self.head = (SpanHead if gap_id is None else GapHead)(self.config).to(self.device)
        self.logits = HookPoint()
        self.leave_alone(backbone.pooler, backbone.head, backbone.unembedding)

    def forward(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        segments: Int[Tensor, "batch position"] | None = None,
    ) -> Float[Tensor, "batch 2 position"]:
        """Scores for the first and for the last token of the answer, at every position.

        `segments`: 0 for the question, 1 for the text. Without a `mask`, padding is hidden and all else is seen.
        Raises CourseError without segments, for a row without the gap that this reader needs, and as `BERT.encode`
        does.
        """
        if segments is None:
            raise CourseError("which part is the question, and which the text? Give segments: 0 and 1")
        mask = padding_mask(ids, self.pad_id) if mask is None else mask
        assert isinstance(self.backbone, BERT)
        encoded = self.backbone.encode(ids, mask, segments)
        allowed = answer_places(ids, segments, self.pad_id)
        if not isinstance(self.head, GapHead):
            return self.logits(self.head(encoded, allowed))
        is_gap = ids.eq(self.gap_id or 0)
        if not is_gap.any(dim=1).all():
            raise CourseError("this reader points from a gap, and a row has none: make its windows with gap=True")
        gap = encoded[torch.arange(len(ids), device=ids.device), is_gap.int().argmax(dim=1)]  # batch d_model
        return self.logits(self.head.point(encoded, gap, allowed))

    @property
    def settings(self) -> dict[str, int | None]:
        """What it was made with, besides its backbone."""
        return {"pad_id": self.pad_id, "gap_id": self.gap_id}


def answer_places(
    ids: Int[Tensor, "batch position"], segments: Int[Tensor, "batch position"], pad_id: int = 0
) -> Bool[Tensor, "batch position"]:
    """Where an answer may stand: in the text, or at the first token, which means that there is none."""
    allowed = (segments == 1) & (ids != pad_id)
    allowed[:, 0] = True
    return allowed


@torch.no_grad()
def with_segments(bert: BERT) -> BERT:
    """A copy of a BERT that was trained without segments, with embeddings for two of them.

    They begin at zero, so the copy says exactly what the original says until it has learned to tell them apart.
    """
    if bert.config.n_segments:
        raise CourseError(f"this BERT has embeddings for {bert.config.n_segments} segments already")
    with torch.random.fork_rng(devices=[]):
        copy = BERT(replace(bert.config, n_segments=2)).to(bert.device)
    copy.load_state_dict(bert.state_dict(), strict=False)
    assert copy.segment_embedding is not None
    copy.segment_embedding.weight.zero_()
    return copy
