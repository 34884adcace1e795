"""An open task: a small BERT that copies."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

from llmcourse.corpus import load
from llmcourse.course.open_task import has_at_most, open_task
from llmcourse.model import BERT
from llmcourse.training.evaluation import evaluate
from llmcourse.training.recipes import only_masks, recipe

MOST_PARAMETERS = 250_000
AT_MOST = 3.0  # times the floor
STORIES = 100


@cache
def floor_of_exam() -> float:
    """The least loss on the questions that the models are judged by, in nats per hidden word."""
    return recipe("bert").floor(load("world").validation[:STORIES], recipe("bert").tokenizer())


def fills_gaps_well(trial):
    words = recipe("bert").tokenizer()
    loss = evaluate(trial.result, load("world").validation[:STORIES], words, objective=only_masks(words))
    if loss > AT_MOST * floor_of_exam():
        return (
            f"Its loss in the exam is {loss:.3f} nats per hidden word; the goal is {AT_MOST * floor_of_exam():.3f}, "
            f"and the floor {floor_of_exam():.3f}. Does it copy yet? Change one thing, and try again."
        )
    return None


COPYING_BERT = open_task(
    key="copying_bert",
    title="A small BERT that copies",
    task=f"Train a BERT of at most {MOST_PARAMETERS:,} parameters that loses at most {AT_MOST:.0f} times the floor in "
    "the exam (15% of the words of new stories hidden), and check the model itself.",
    minutes=30,
    kind=BERT,
    seconds=90,
    judged="on new stories",
    tests=[has_at_most(MOST_PARAMETERS), fills_gaps_well],
    hints=[
        "Where do the parameters sit? `model.parameters_by_part()` says so. Width costs by its square, depth does not.",
        "A model that does not copy stays at four times the floor, however long you train it. Watch one gap whose word "
        "stands elsewhere.",
        "Three things make copying easier: the first lesson, narrow feed-forward layers (`d_ff`), and a high "
        "`weight_decay`.",
        "Tied embeddings (`tie_embeddings=True`) save a quarter of a small model, and cost little.",
    ],
    solution_code="""
from dataclasses import replace

from llmcourse.corpus import load
from llmcourse.model import BERT
from llmcourse.training import Batches, train
from llmcourse.training.recipes import bert_config, only_masks, recipe, train_config
from llmcourse.training.repeated import RepeatedWords

words = recipe("bert").tokenizer()
small_config = replace(bert_config(words.vocab_size), d_model=80, d_ff=96)
copying_bert = BERT(small_config).initialize(seed=11)
small_batches = Batches(
    load("world").train, words, context=128, batch_size=16, seed=11,
    objective=only_masks(words, 0.3), first=RepeatedWords(words, share=1), n_first=150,
)
train(copying_bert, small_batches, train_config(steps=600, seed=11, weight_decay=0.3))
""",
)
