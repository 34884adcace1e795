"""A classifier: a pretrained model that reads, and a new head on it that says which class a text belongs to.

All of the model is kept but its last layer, the one that scored words. In its place comes a small matrix that scores
classes. It needs one vector for the whole text, and the families have it in different places:

    BERT    the first token, which has seen all others; through the pooler that the model brings for this
    GPT     the last token, since only that one has seen all others

Radford et al. (2018), Improving Language Understanding by Generative Pre-Training, section 3.2; Devlin et al. (2019),
BERT, section 4.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.bert import BERT
from llmcourse.model.gpt import GPT
from llmcourse.model.masks import padding_mask
from llmcourse.model.task_model import TaskModel

POOLS = ("first", "last", "mean")


class SequenceClassifier(TaskModel):
    """A BERT or a GPT (`backbone`) with a linear `head` that gives each class a score.

    The head starts at zero: before the first step every class is equally likely, and no random vector of the head
    shakes what the backbone has learned.

    n_classes:  how many classes there are
    pool:       which vector stands for the text: that of the "first" token (through BERT's pooler), of the "last", or
                the "mean" of all. By default "first" for a BERT and "last" for a GPT
    pad_id:     the id that fills up short rows; padding is neither looked at nor pooled

    Raises CourseError for fewer than two classes, an unknown pool, a GPT's first token, and a model of another family.
    """

    def __init__(self, backbone: nn.Module, n_classes: int, pool: str | None = None, pad_id: int = 0):
        if not isinstance(backbone, BERT | GPT):
            raise CourseError(f"a classifier is made of a BERT or a GPT, not of {type(backbone).__name__}")
        super().__init__(backbone, pad_id)
        if n_classes < 2:
            raise CourseError(f"n_classes={n_classes}: to classify is to choose, so there must be 2 classes or more")
        self.pool = ("first" if isinstance(backbone, BERT) else "last") if pool is None else pool
        if self.pool not in POOLS:
            raise CourseError(f"pool={pool!r} is unknown: choose one of {', '.join(map(repr, POOLS))}")
        if self.pool == "first" and isinstance(backbone, GPT):
            raise CourseError("the first token of a GPT has seen nothing but itself: choose pool='last' or 'mean'")
        self.n_classes = n_classes
        self.head = nn.Linear(self.config.d_model, n_classes).to(self.device)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.leave_alone(backbone.unembedding)
        if isinstance(backbone, BERT):
            self.leave_alone(backbone.head, *([] if self.pool == "first" else [backbone.pooler]))

    def forward(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        segments: Int[Tensor, "batch position"] | None = None,
    ) -> Float[Tensor, "batch n_classes"]:
        """For each text, a score for every class. Without a `mask`, padding is hidden and all else is seen."""
        return self.head(self.features(ids, mask, segments))

    @property
    def settings(self) -> dict[str, int | str]:
        """What it was made with, besides its backbone."""
        return {"n_classes": self.n_classes, "pool": self.pool, "pad_id": self.pad_id}

    def features(
        self,
        ids: Int[Tensor, "batch position"],
        mask: Bool[Tensor, "#batch #position key"] | None = None,
        segments: Int[Tensor, "batch position"] | None = None,
    ) -> Float[Tensor, "batch d_model"]:
        """The one vector of each text that the head reads."""
        is_text = ids != self.pad_id
        if not is_text.any(dim=-1).all():
            raise CourseError("a row of this batch is nothing but padding: there is no text to classify")
        if isinstance(self.backbone, BERT):
            encoded = self.backbone.encode(ids, padding_mask(ids, self.pad_id) if mask is None else mask, segments)
        elif segments is None:
            encoded = self.backbone.encode(ids, mask)
        else:
            raise CourseError("a GPT has no segments: leave them out")
        if self.pool == "first":
            return self.backbone.pool(encoded)  # type: ignore[operator]
        if self.pool == "last":
            return last_real(encoded, is_text)
        weights = is_text / is_text.sum(dim=-1, keepdim=True)  # batch position
        return (weights[..., None] * encoded).sum(dim=1)


def last_real(
    encoded: Float[Tensor, "batch position d_model"], is_text: Bool[Tensor, "batch position"]
) -> Float[Tensor, "batch d_model"]:
    """The vector of each row's last token that is not padding."""
    places = torch.arange(is_text.shape[1], device=is_text.device)
    last = (places * is_text).argmax(dim=1)  # batch
    return encoded[torch.arange(len(encoded), device=encoded.device), last]
