"""An open task: twenty labels have to do."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

from llmcourse.corpus import load
from llmcourse.corpus.sentiment import sentiment_examples
from llmcourse.course.open_task import open_task
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.training.finetuning import accuracy_of

LABELS = 20
GOAL = 0.83
JUDGED_BY = 200


@cache
def judging():
    return sentiment_examples(load("world").validation, JUDGED_BY)


def is_right_often_enough(trial):
    share = accuracy_of(trial.result, judging(), load("world").tokenizer())
    if share < GOAL:
        return f"It is right on {share:.0%} of {JUDGED_BY} examples that it has not seen; the goal is {GOAL:.0%}."
    return None


FEW_LABELS = open_task(
    key="few_labels",
    title="Twenty labels have to do",
    task=f"Fine-tune the course's GPT with the first {LABELS} training examples and no other label, to at least "
    f"{GOAL:.0%} on new examples, and check the classifier itself.",
    minutes=25,
    kind=SequenceClassifier,
    judged="on new examples",
    tests=[is_right_often_enough],
    hints=[
        "More steps on the same twenty texts do not help: they are known by heart already. What is missing is variety.",
        "What do you know about the task that the model does not? If Mia becomes Zoe all through a story, the label "
        "stays what it is.",
        "`exchanged(text, rng)` from `llmcourse.corpus.exchange` makes another text of the same kind; `rng` is a "
        "`random.Random(0)`.",
        "Make sixteen exchanged copies of each example, `example._replace(text=exchanged(example.text, rng))`, and "
        "train on all of them for some 100 steps of eight.",
    ],
    solution_code="""
import random

from llmcourse.corpus import load
from llmcourse.corpus.exchange import exchanged
from llmcourse.corpus.sentiment import sentiment_examples
from llmcourse.model import SequenceClassifier, pretrained
from llmcourse.training import TrainConfig, finetune

twenty = sentiment_examples(load("world").train[:8000], 20)
rng = random.Random(0)
copies = [example._replace(text=exchanged(example.text, rng)) for example in twenty for _ in range(16)]
gpt, words = pretrained("gpt-world")
few_labels = SequenceClassifier(gpt, n_classes=2)
settings = TrainConfig(steps=100, lr=2e-3, schedule="warmup_cosine", warmup=0.1)
finetune(few_labels, twenty + copies, words, settings, batch_size=8)
""",
)
