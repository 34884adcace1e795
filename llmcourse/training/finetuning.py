"""Fine-tuning: a pretrained model learns a task from labelled texts, with the loop that pretrained it.

How much of it learns is a choice:

    full                every parameter
    frozen features     only the new head: `freeze(classifier.backbone)`
    discriminative      every parameter, but the lower the layer the slower: `TrainConfig(layer_decay=0.5)`
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor, nn

from llmcourse.corpus.labelled import Labelled
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.classify import predict
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.training.config import TrainConfig
from llmcourse.training.labelled import LabelledBatches, LabelledRow
from llmcourse.training.loop import train
from llmcourse.training.run import History


def finetune(
    model: SequenceClassifier,
    examples: Sequence[Labelled],
    tokenizer: Tokenizer,
    config: TrainConfig,
    callbacks: Iterable[Any] = (),
    batch_size: int = 16,
    resume: Any = None,
    end: str = "",
) -> History:
    """Train the classifier in place on labelled texts, and return what happened; it is `train` with other batches.

    `end` is a special token to read after each text, such as "<mask>" or "<eos>"; by default there is none, and what a
    GPT says of a text is read off its last word.
    Raises CourseError for a label out of range, and when a class has no example at all: it could not be learned.
    """
    check_labels([example.label for example in examples], model.n_classes)
    context = model.config.context
    batches = LabelledBatches(labelled_rows(examples, tokenizer, end), tokenizer, context, batch_size, config.seed)
    return train(model, batches, config, callbacks, resume=resume)


def labelled_rows(examples: Sequence[Labelled], tokenizer: Tokenizer, end: str = "") -> list[LabelledRow]:
    """The examples as rows for `LabelledBatches`: `<bos>`, the text, and the special token `end` if there is one."""
    last = [tokenizer.id_of(end)] if end else []
    return [LabelledRow((*tokenizer.encode(e.text, bos=True), *last), (e.label,)) for e in examples]


def check_labels(labels: Sequence[Any], n_classes: int) -> None:
    """Raises CourseError for a label that is no class, and for a class without a single example."""
    if not labels:
        raise CourseError("there is nothing to learn from: the list of labelled texts is empty")
    for number, label in enumerate(labels):
        if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < n_classes:
            raise CourseError(f"example {number} has the label {label!r}; labels run from 0 to {n_classes - 1}")
    missing = sorted(set(range(n_classes)) - set(labels))
    if missing:
        raise CourseError(
            f"class {missing[0]} has no example among the {len(labels)}: add some, or lower n_classes, "
            "for a class that is never seen is never learned"
        )


def freeze(part: nn.Module) -> nn.Module:
    """Its parameters stay as they are in all training to come: no gradient is computed for them. Returns the part."""
    return part.requires_grad_(False)


def unfreeze(part: nn.Module) -> nn.Module:
    """Its parameters are trained again. Returns the part."""
    return part.requires_grad_(True)


def count_trained(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def accuracy_of(model: SequenceClassifier, examples: Sequence[Labelled], tokenizer: Tokenizer, end: str = "") -> float:
    """The share of the examples whose likeliest class is the true one. Raises CourseError when there are none."""
    if not examples:
        raise CourseError("there is nothing to count on: the list of examples is empty")
    guesses = predict(model, [example.text for example in examples], tokenizer, end=end).argmax(-1)
    return share_right(guesses, torch.tensor([example.label for example in examples]))


def share_right(guesses: Int[Tensor, "text"], labels: Int[Tensor, "text"]) -> float:
    """The share of guesses that are the label."""
    return (guesses == labels).float().mean().item()
