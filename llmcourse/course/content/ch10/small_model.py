"""An open task: a model of few parameters that predicts the world well."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math
from functools import cache

from llmcourse.corpus import World, load
from llmcourse.course.open_task import has_at_most, open_task
from llmcourse.model import GPT
from llmcourse.training.evaluation import evaluate

MOST_PARAMETERS = 200_000
AT_MOST_OVER_FLOOR = 1.6  # the loss divided by that of the world itself
STORIES = 100


@cache
def floor_of_validation() -> float:
    """The world's own loss on the stories that the models are judged by, in nats per token."""
    stories, world, tokenizer = load("world").validation[:STORIES], World(), load("world").tokenizer()
    return -math.fsum(map(world.log_prob, stories)) / sum(len(tokenizer.encode(story, eos=True)) for story in stories)


def predicts_well(trial):
    loss = evaluate(trial.result, load("world").validation[:STORIES], load("world").tokenizer())
    floor = floor_of_validation()
    if loss > AT_MOST_OVER_FLOOR * floor:
        return (
            f"Its loss is {loss:.3f} nats per token on {STORIES} stories that it has not seen; the goal is "
            f"{AT_MOST_OVER_FLOOR * floor:.3f}, and the floor {floor:.3f}. Change one thing, and try again."
        )
    return None


SMALL_MODEL = open_task(
    key="small_model",
    title="A small model that knows the world",
    task=f"Train a model of at most {MOST_PARAMETERS:,} parameters whose loss on new stories is at most "
    f"{AT_MOST_OVER_FLOOR - 1:.0%} above the floor, and check the model itself.",
    minutes=30,
    kind=GPT,
    judged="on new stories",
    tests=[has_at_most(MOST_PARAMETERS), predicts_well],
    hints=[
        "Where do the parameters of a GPT sit? `model.parameters_by_part()` says so. Width costs by its square, "
        "depth does not.",
        "`tie_embeddings=True` uses one matrix for reading words and for writing them.",
        "Copying a name from the beginning of a story takes two layers that work together. One layer cannot learn it.",
        "A small model can take a larger learning rate, and `optimizer='muon'` finds the copying sooner.",
    ],
    solution_code="""
from llmcourse.corpus import load
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches, TrainConfig, train

stories = load("world")
words = stories.tokenizer()
small_config = ModelConfig(
    vocab_size=words.vocab_size, d_model=64, n_layers=3, n_heads=4,
    norm="rmsnorm", activation="relu2", qk_norm=True, zero_init_outputs=True,
)
small_model = GPT(small_config).initialize(seed=10)
small_batches = Batches(stories.train, words, context=small_config.context, batch_size=16, seed=10)
train(small_model, small_batches, TrainConfig(steps=600, optimizer="muon"))
""",
)
