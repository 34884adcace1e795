"""An open task: a way of choosing that is true and varied at once."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

import torch

from llmcourse.analysis.decoding import entropy, write
from llmcourse.corpus.world import World
from llmcourse.course.open_task import open_task
from llmcourse.inference.truncation import min_p
from llmcourse.model.checkpoint import pretrained

STORIES = 200
TRUE_FROM = 0.98
DIVERSITY_FROM = 0.95  # of the world's own


@cache
def task():
    """The model, its tokenizer, the beginnings of new stories, and the entropy of what the world writes after them."""
    model, tokenizer = pretrained("gpt-world")
    stories = World().stories(STORIES, seed=171)
    beginnings = torch.tensor([tokenizer.encode(story.text, bos=True)[:9] for story in stories])
    surprise = -sum(sum(story.log_probs[8:]) for story in stories) / STORIES
    return model, tokenizer, beginnings, surprise


def changes_logits(trial):
    if not callable(trial.result):
        return f"Give it a function from logits to logits; this is a {type(trial.result).__name__}."
    logits = torch.randn(2, 336, generator=torch.Generator().manual_seed(0))
    result = trial.result(logits)
    if not isinstance(result, torch.Tensor) or result.shape != logits.shape:
        return "Give it a function from logits (batch × vocabulary) to logits of the same shape."
    if not (entropy(result) >= 0).all():
        return "In some row of logits nothing is left to draw from, or there is a NaN."
    return None


def true_and_varied(trial):
    model, tokenizer, beginnings, world = task()
    written = write(model, tokenizer, beginnings, trial.result, World(), seed=172)
    if written.true >= TRUE_FROM and written.entropy >= DIVERSITY_FROM * world:
        return None
    got = f"{written.true:.1%} true stories, and {written.entropy / world:.0%} of the world's entropy"
    goal = f"the goal is {TRUE_FROM:.0%} and {DIVERSITY_FROM:.0%}"
    if written.true < TRUE_FROM:
        return f"{got}: {goal}. Too many words get through that no story has there."
    return f"{got}: {goal}. You rule out words that stories do have there."


MY_DECODER = open_task(
    key="my_decoder",
    title="True and varied",
    task="Write `my_decoder(logits)`: logits from which at least 98% of 200 stories come out true, and which keep at "
    "least 95% of the world's entropy.",
    minutes=10,
    kind=min_p,
    judged="for 200 new beginnings",
    tests=[changes_logits, true_and_varied],
    seconds=60,
    hints=[
        "Look at the figure: which family comes nearest to the star, and with which settings?",
        "A mild cut is enough: the wrong words have a thousandth each, the right ones seldom less than a hundredth.",
        "`min_p` with a small share, such as a twentieth, cuts little where much is possible.",
    ],
    solution_code="""
from llmcourse.inference import min_p


def my_decoder(logits):
    return min_p(logits, 0.05)
""",
)
