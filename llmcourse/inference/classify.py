"""A classifier at work: the probability of each class, for any number of texts of any lengths."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.generate import evaluating
from llmcourse.inference.inputs import by_length, pad_batch
from llmcourse.model.classifier import SequenceClassifier


@torch.no_grad()
def class_probabilities(
    model: SequenceClassifier, rows: Sequence[Sequence[int]], pad_id: int = 0, batch_size: int = 64
) -> Float[Tensor, "text n_classes"]:
    """The probability of each class for each row of ids, in the order of the rows; dropout is off.

    Rows of like length share a batch, and padding is hidden, so no answer depends on what else is asked.
    """
    answers = torch.empty(len(rows), model.n_classes)
    with evaluating(model):
        for some in by_length([len(row) for row in rows], batch_size):
            batch = pad_batch([rows[number] for number in some], pad_id)
            logits = model(batch.ids.to(model.device), batch.mask.to(model.device))
            answers[some] = logits.float().softmax(-1).cpu()
    return answers


def predict(
    model: SequenceClassifier, texts: Sequence[str], tokenizer: Tokenizer, batch_size: int = 64, end: str = ""
) -> Float[Tensor, "text n_classes"]:
    """The probability of each class for each text, in the order of the texts; `end` as in `finetune`."""
    last = [tokenizer.id_of(end)] if end else []
    rows = [[*tokenizer.encode(text, bos=True), *last] for text in texts]
    return class_probabilities(model, rows, tokenizer.pad_id, batch_size)
