"""An open task: how few numbers have to change."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

import torch

from llmcourse.corpus import load
from llmcourse.corpus.sentiment import sentiment_examples
from llmcourse.course.open_task import open_task
from llmcourse.model import pretrained
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.training.finetuning import accuracy_of, count_trained
from llmcourse.training.tuning.lora import unmerge

MOST_NUMBERS = 600
LEAST_RIGHT = 0.9
EXAMPLES = 200


@cache
def examples():
    return sentiment_examples(load("world").validation, EXAMPLES)


def is_a_small_change(trial):
    count = count_trained(unmerge(trial.result))
    if count > MOST_NUMBERS:
        return f"It trains {count:,} numbers; at most {MOST_NUMBERS} are allowed, 258 of which the head takes."
    return None


def the_rest_is_as_it_was(trial):
    original = dict(pretrained("gpt-world")[0].named_parameters())
    for name, parameter in trial.result.backbone.named_parameters():
        if not parameter.requires_grad and not (name in original and torch.equal(parameter.cpu(), original[name])):
            return f"{name} is frozen, and is not what it is in gpt-world: begin with a fresh model."
    return None


def answers_well(trial):
    right = accuracy_of(trial.result, examples(), pretrained("gpt-world")[1])
    if right < LEAST_RIGHT:
        return (
            f"It is right about {right:.1%} of {EXAMPLES} new texts; the goal is {LEAST_RIGHT:.0%}. Another place, a "
            "larger rate, or more steps?"
        )
    return None


SMALL_CHANGE = open_task(
    key="small_change",
    title="As few numbers as possible",
    task=f"Tune a classifier on gpt-world that trains at most {MOST_NUMBERS} numbers, its head included, and is right "
    f"about {LEAST_RIGHT:.0%} of new texts; then check the classifier itself.",
    minutes=30,
    kind=SequenceClassifier,
    judged="on new texts",
    tests=[is_a_small_change, the_rest_is_as_it_was, answers_well],
    hints=[
        "The head takes 2 · 128 + 2 = 258 numbers. LoRA of rank 1 on one 128 × 128 matrix takes 256.",
        "`targets` may name a single layer, such as `blocks.0.attention.w_q`. There are twelve square ones; the middle "
        "of the model is a good place to look.",
        "So few numbers have to go far: try a learning rate of 4e-2, and a hundred steps.",
        'The value matrix of block 1 will do: `LoRA(rank=1, targets=["blocks.1.attention.w_v"], also=["head"])`.',
    ],
    solution_code="""
from llmcourse.corpus import load
from llmcourse.corpus.sentiment import sentiment_examples
from llmcourse.model import SequenceClassifier, pretrained
from llmcourse.training import TrainConfig
from llmcourse.training.finetuning import finetune
from llmcourse.training.tuning import LoRA

base, words = pretrained("gpt-world")
small_change = SequenceClassifier(base, 2)
LoRA(rank=1, targets=["blocks.1.attention.w_v"], also=["head"]).add_to(small_change)
few_texts = sentiment_examples(load("world").train, 640)
finetune(small_change, few_texts, words, TrainConfig(steps=100, lr=4e-2, weight_decay=0))
""",
)
