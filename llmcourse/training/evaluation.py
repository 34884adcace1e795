"""How good a model is, in one number that can be compared with the truth.

`evaluate` scores every document on its own, from `<bos>` through `<eos>`, and takes the mean over *tokens*, not over
batches. The story world's own loss on the same documents is -log_prob(text) / (tokens + 1), the one token being
`<eos>`: the two numbers mean the same, and their difference is what the model has yet to learn.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.training.batches import AnyBatch, Collator, Row, check_lengths, collate, cut, document_ids
from llmcourse.training.loss import IGNORE


@torch.no_grad()
def evaluate(
    model: nn.Module,
    documents: Sequence[str | Row],
    tokenizer: Tokenizer,
    batch_size: int = 64,
    cut_long: bool = False,
    objective: Collator | None = None,
) -> float:
    """The model's loss on these documents in nats per token asked for; dropout is off while it is measured.

    With an `objective` other questions are asked than for the next token; what it leaves to chance is the same at
    every call, so that two losses can be compared.
    Documents that do not fit the model's context are an error, or with `cut_long` scored in pieces that fit.
    """
    if not documents:
        raise CourseError("there is nothing to evaluate on: the list of documents is empty")
    context: int = model.config.context  # type: ignore[union-attr, assignment]
    check_lengths(document_ids(documents, tokenizer), context, cut_long)

    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    nats, tokens = 0.0, 0
    try:
        for batch in questions(documents, tokenizer, context, batch_size, objective):
            batch = batch.to(device)
            logits = batch.logits(model).float().flatten(0, 1)
            losses = F.cross_entropy(logits, batch.targets.flatten(), ignore_index=IGNORE, reduction="none")
            nats += losses.sum(dtype=torch.float32 if device.type == "mps" else torch.float64).item()
            tokens += batch.scored
    finally:
        model.train(was_training)
    return nats / tokens


def questions(
    documents: Sequence[str | Row],
    tokenizer: Tokenizer,
    context: int,
    batch_size: int = 64,
    objective: Collator | None = None,
) -> Iterator[AnyBatch]:
    """The batches that a model is evaluated on: the same at every call, chance included."""
    rows = [piece for row in document_ids(documents, tokenizer) for piece in cut(row, context)]
    rows.sort(key=len)  # little padding in each batch
    for start in range(0, len(rows), batch_size):
        some = rows[start : start + batch_size]
        yield collate(some, tokenizer) if objective is None else objective(some, random.Random(start))


def unigram_baseline(documents: Sequence[str], tokenizer: Tokenizer) -> float:
    """What the best guess that ignores all context would lose: the entropy of the tokens' own frequencies, in nats.

    It knows how often each token occurs in *these* documents, so no model without context can do better on them; a
    model that does worse has learned nothing yet.
    """
    if not documents:
        raise CourseError("there is nothing to count: the list of documents is empty")
    counts = Counter(id for document in documents for id in tokenizer.encode(document, eos=True))
    total = counts.total()
    return -math.fsum(count / total * math.log(count / total) for count in counts.values())
