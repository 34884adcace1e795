"""How often a model is right. The loss says how sure it is of the right words; this says how often they are its first
choice, and it can be told to anybody."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.training.batches import Collator
from llmcourse.training.evaluation import questions
from llmcourse.training.loss import IGNORE


def gap_accuracy(logits: Float[Tensor, "batch position vocab"], targets: Int[Tensor, "batch position"]) -> float:
    """Share of the places asked about at which the model's first choice is the target; `IGNORE` is not asked about.

    Raises CourseError where nothing is asked.
    """
    asked = targets != IGNORE
    if not asked.any():
        raise CourseError("there is no gap to be right about: every target is -100")
    right = logits.argmax(-1)[asked] == targets[asked]
    return right.float().mean().item()


def accuracy(
    model: nn.Module, documents: Sequence[str], tokenizer: Tokenizer, objective: Collator, batch_size: int = 64
) -> dict[str, float]:
    """{"tokens": share of the tokens asked for that are the first choice, "texts": share of the texts where all are}.

    For a text that is written token by token the second is the share of greedy answers that are right to the letter: a
    greedy answer departs from the true one at the first token that is not the first choice, or nowhere.
    The questions are those of `evaluate`. Raises CourseError when there are no documents.
    """
    if not documents:
        raise CourseError("there is nothing to count on: the list of documents is empty")
    device = next(model.parameters()).device
    context: int = model.config.context  # type: ignore[union-attr, assignment]
    tokens = asked = texts = 0
    with torch.no_grad(), evaluating(model):
        for batch in questions(documents, tokenizer, context, batch_size, objective):
            batch = batch.to(device)
            ignored = batch.targets == IGNORE
            right = batch.logits(model).argmax(-1) == batch.targets
            tokens += int(right[~ignored].sum())
            asked += batch.scored
            texts += int((right | ignored).all(dim=1).sum())
    return {"tokens": tokens / asked, "texts": texts / len(documents)}
