"""An open task: a model that learns little of a strong skew, at no cost elsewhere."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

from llmcourse.analysis.opening_losses import opening_losses
from llmcourse.analysis.pronoun_skew import learned_shares, skew_of
from llmcourse.corpus.openings import opening_floor, openings
from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.course.open_task import open_task
from llmcourse.model.gpt import GPT

MOST_SKEW, FARTHEST_FROM_HALF, MOST_OVER_FLOOR = 0.1, 0.15, 0.03


@cache
def tokenizer():
    return WordTokenizer.for_world(World())


@cache
def judged_on():
    return openings(World(), 300, seed=2_020)


def knows_the_words(trial):
    if trial.result.config.vocab_size != tokenizer().vocab_size:
        return "It has another vocabulary than the world's own tokenizer, `WordTokenizer.for_world(World())`."
    return None


def is_even(trial):
    shares = learned_shares(trial.result, tokenizer())
    skew, mean = skew_of(shares), sum(shares.values()) / len(shares)
    if abs(skew) > MOST_SKEW:
        return f"Its skew is {skew:.2f}; the goal is at most {MOST_SKEW}. (The corpus has 0.9.)"
    if abs(mean - 0.5) > FARTHEST_FROM_HALF:
        return f"Its skew is only {skew:.2f}, but its workers are she in {mean:.0%} of all cases: nearly all are alike."
    return None


def is_a_model_of_openings(trial):
    over = opening_losses(trial.result, tokenizer(), judged_on()).per_token - opening_floor(World(), judged_on())
    if over > MOST_OVER_FLOOR:
        return (
            f"It loses {over:.3f} nats per token more than the floor, on new openings of the even world; at most "
            f"{MOST_OVER_FLOOR} are allowed. Evenness that comes from knowing nothing is no art."
        )
    return None


EVEN_MODEL = open_task(
    key="even_model",
    title="An even model from an uneven corpus",
    task=f"Train a GPT on the openings of `World(skew=0.9)`, changed as you like, until its skew is at most "
    f"{MOST_SKEW} and its loss on the even world within {MOST_OVER_FLOOR} nats of the floor.",
    minutes=30,
    kind=GPT,
    judged="on new openings of the even world",
    tests=[knows_the_words, is_even, is_a_model_of_openings],
    hints=[
        "`train_on_openings(texts, tokenizer)` takes seconds; `learned_shares` and `opening_losses` say where you are.",
        "Reweighting can do it too, but at a skew of 0.9 it repeats a handful of texts nearly twenty times.",
        "`augmented(texts)` has twice as many texts, so that 800 steps see each only half as often. Is that enough?",
        "`train_on_openings(augmented(openings(World(skew=0.9), 4_000)), tokenizer, steps=1_000)`.",
    ],
    solution_code="""
from llmcourse.corpus import World
from llmcourse.corpus.openings import openings
from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.training.mitigations import augmented
from llmcourse.training.opening_models import train_on_openings

texts = augmented(openings(World(skew=0.9), 2_000, seed=9))
even_model = train_on_openings(texts, WordTokenizer.for_world(World()), seed=9)
""",
)
