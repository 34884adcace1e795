"""From stories to a checkpoint: ``llmcourse pretrain``, for each of the three families.

Chapters 10 and 11 train these models live for a minute or two; the shipped checkpoints are the same recipes
(`recipes.py`), given more steps and fresh stories.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llmcourse.corpus.corpora import load
from llmcourse.device import pick_device
from llmcourse.model.families import FAMILIES
from llmcourse.training.accuracy import accuracy
from llmcourse.training.batches import Batches
from llmcourse.training.evaluation import evaluate
from llmcourse.training.floors import floor
from llmcourse.training.model_card import model_card
from llmcourse.training.recipes import (
    BATCH_SIZE,
    LIVE_STEPS,
    STEPS_PER_SECOND,
    fresh_stories,
    gpt_config,
    recipe,
    train_config,
)
from llmcourse.training.shipping import kept_run, run_beside, ship

__all__ = ["LIVE_STEPS", "floor", "fresh_stories", "gpt_config", "pretrain", "train_config"]


def pretrain(
    out: Path,
    steps: int | None = None,
    seconds: int | float | None = None,
    seed: int = 0,
    fresh: int | None = None,
    resume: bool = False,
    callbacks: Sequence[Any] = (),
    family: str = "gpt",
) -> float:
    """Train one of the course's models, save it to ``out`` with its model card and return its validation loss.

    The loss is in nats per token asked for, in the unit of the family's recipe.
    ``fresh`` stories are written beside the training split; by default as many as it takes for no story to come twice.
    The run itself is kept beside ``out``, with the suffix ``.run.safetensors``, every 200 steps; with ``resume`` an
    interrupted one goes on from there.
    Raises CourseError for an unknown family, and when there is nothing to resume, or it was a run with other settings.
    """
    how = recipe(family)
    out = Path(out)
    run_beside(out, resume)  # what is missing is said before the stories are written
    corpus = load("world")
    tokenizer = how.tokenizer()
    model = FAMILIES[family](how.config(tokenizer.vocab_size))
    model.initialize(seed)
    model.to(pick_device())
    config = replace(train_config(steps or how.shipped_steps, seconds, seed, how.weight_decay), final=0.02)
    expected_steps = config.steps or round(STEPS_PER_SECOND * (seconds or 0))
    if fresh is None:
        fresh = max(0, BATCH_SIZE * expected_steps - len(corpus.train))
    documents = [*corpus.train, *fresh_stories(fresh, avoid=[*corpus.train, *corpus.validation, *corpus.test])]
    batches = Batches(
        documents,
        tokenizer,
        model.config.context,
        BATCH_SIZE,
        seed,
        objective=how.learns(tokenizer),
        first=how.first and how.first(tokenizer),
        n_first=how.steps_first(expected_steps),
    )
    history = kept_run(out, model, batches, config, corpus.validation[:100], resume, callbacks)
    questions = how.judged_by(tokenizer)
    loss = evaluate(model, corpus.validation, tokenizer, objective=questions)
    notes: dict[str, Any] = {
        "steps": len(history.losses),
        "tokens": history.tokens,
        "seed": seed,
        "optimizer": config.optimizer,
        "fresh_stories": fresh,
        "validation_loss": round(loss, 4),
        "floor": round(how.floor(corpus.validation, tokenizer), 4),
    }
    if questions is not None:
        right = accuracy(model, corpus.validation, tokenizer, questions)
        notes |= {"right_tokens": round(right["tokens"], 4), "right_texts": round(right["texts"], 4)}
    ship(out, model, tokenizer, notes, model_card, finished=not history.interrupted)
    return loss
