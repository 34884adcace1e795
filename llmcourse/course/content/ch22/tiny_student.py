"""An open task: a student of an eighth of the teacher's size."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

from llmcourse.corpus import World, load
from llmcourse.course.open_task import has_at_most, open_task
from llmcourse.model import GPT
from llmcourse.training.evaluation import evaluate
from llmcourse.training.floors import floor

MOST_PARAMETERS = 90_000
AT_MOST_ABOVE = 0.30  # nats per token above the floor
STORIES = 60


@cache
def the_floor() -> float:
    return floor(load("world").validation[:STORIES], World())


def predicts_well(trial):
    above = evaluate(trial.result, load("world").validation[:STORIES], load("world").tokenizer()) - the_floor()
    if above > AT_MOST_ABOVE:
        return (
            f"Its loss lies {above:.3f} nats per token above the floor on {STORIES} stories that it has not seen; the "
            f"goal is {AT_MOST_ABOVE:.2f}. What can the teacher tell it besides the words?"
        )
    return None


TINY_STUDENT = open_task(
    key="tiny_student",
    title="A student of an eighth",
    task=f"Train a GPT of at most {MOST_PARAMETERS:,} parameters, on no more than 320 stories, whose loss on new "
    f"ones is at most {AT_MOST_ABOVE} nats above the floor, and check the model itself.",
    minutes=30,
    kind=GPT,
    judged="on new stories",
    tests=[has_at_most(MOST_PARAMETERS), predicts_well],
    hints=[
        "Half of this chapter's student is its two tables of words, and they shrink with the width. Try `d_model=48`.",
        "Alone it will not get there on so few stories. Which of the students of this section came nearest?",
        "`MatchedStudent(tiny, teacher)` and `Matching(…, attention=1)`; heads are compared one by one, so keep three "
        "layers of four.",
        "Train the `MatchedStudent`, and hand in what it holds: the student without its matrices.",
    ],
    solution_code="""
from dataclasses import replace

from llmcourse.corpus import load
from llmcourse.model import GPT, pretrained
from llmcourse.training import Batches, train
from llmcourse.training.matching import MatchedStudent, Matching, layer_map
from llmcourse.training.recipes import gpt_config, train_config

stories = load("world")
large, words = pretrained("gpt-world")
tiny_config = replace(gpt_config(words.vocab_size), d_model=48, d_ff=96)
tiny_student = GPT(tiny_config).initialize(seed=22)
told = Matching(large, words, layer_map(3, 3), attention=1)
lessons = Batches(stories.train[:320], words, tiny_config.context, 16, seed=22, objective=told)
train(MatchedStudent(tiny_student, large), lessons, train_config(steps=200, seed=22))
""",
)
