"""The recipe of the course's GPT, from stories to a checkpoint: ``llmcourse pretrain``.

Chapter 10 trains this model live for some two minutes; the shipped checkpoint is the same recipe, given more steps and
fresh stories. Each choice is one that chapter 25 ablates: rotary positions, RMSNorm before each part, normalized
queries and keys, squared ReLU, feed-forward layers that begin at zero, heads that begin by copying, whole stories as
rows, Muon for the matrices.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llmcourse.corpus.corpora import load
from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.device import pick_device
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.model.checkpoint import save_model
from llmcourse.storage import write_atomically
from llmcourse.training.batches import Batches
from llmcourse.training.callbacks import ProgressBar, SaveCheckpoint
from llmcourse.training.config import TrainConfig
from llmcourse.training.distributed import Team, gathered
from llmcourse.training.evaluation import evaluate
from llmcourse.training.loop import train
from llmcourse.training.model_card import model_card

#: Steps of the run in chapter 10: about one look at each training story, less than two minutes on two idle cores.
LIVE_STEPS = 1_300
#: Steps of the shipped checkpoint.
SHIPPED_STEPS = 18_000
FRESH_SEED = 1_000
BATCH_SIZE = 16
STEPS_PER_SECOND = 12  # on two cores: how many stories a run by the clock will need


def gpt_config(vocab_size: int) -> ModelConfig:
    """The shape of the course's GPT: under a million parameters."""
    return ModelConfig(
        vocab_size=vocab_size,
        context=128,
        d_model=128,
        n_layers=3,
        n_heads=4,
        positions="rotary",
        norm="rmsnorm",
        activation="relu2",
        qk_norm=True,
        zero_init_outputs=True,
        copy_init=True,
    )


def train_config(steps: int | None = LIVE_STEPS, seconds: int | float | None = None, seed: int = 0) -> TrainConfig:
    """How it is trained: Muon, at a high learning rate, held for half of the run and then let down to almost nothing.

    With AdamW alone the same steps end three times as far above the floor: copying is learned much later.
    """
    return TrainConfig(
        steps=steps if seconds is None else None,
        seconds=seconds,
        optimizer="muon",
        lr=4e-3,
        muon_lr=0.02,
        weight_decay=0.02,
        schedule="warmup_stable_decay",
        final=0.002,
        eval_every=200,
        seed=seed,
    )


def fresh_stories(count: int, seed: int = FRESH_SEED, avoid: Iterable[str] = ()) -> list[str]:
    """Stories that no split holds. The world never runs out of them, so nothing has to be learned by heart."""
    world, rng, seen = World(), random.Random(seed), set(avoid)
    texts: list[str] = []
    while len(texts) < count:
        text = world.story(rng).text
        if text not in seen:
            seen.add(text)
            texts.append(text)
    return texts


def floor(documents: Sequence[str], world: World | None = None) -> float:
    """The world's own loss on stories in nats per token, counted as `evaluate` counts: ``<eos>`` is a token too.

    No model's loss on stories of this world lies below it, but for the luck of the sample.
    """
    if not documents:
        raise CourseError("there is nothing to measure the floor on: the list of documents is empty")
    log_probs = [(world or World()).token_log_probs(text) for text in documents]
    return -sum(map(sum, log_probs)) / sum(len(each) + 1 for each in log_probs)


def pretrain(
    out: Path,
    steps: int | None = None,
    seconds: int | float | None = None,
    seed: int = 0,
    fresh: int | None = None,
    resume: bool = False,
    callbacks: Sequence[Any] = (),
) -> float:
    """Train the course's GPT, save it to ``out`` with its model card and return its validation loss in nats per token.

    ``fresh`` stories are written beside the training split; by default as many as it takes for no story to come twice.
    The run itself is kept beside ``out``, with the suffix
    ``.run.safetensors``, every 200 steps; with ``resume`` an interrupted one goes on from there.
    Raises CourseError when there is nothing to resume, or it was a run with other settings.
    """
    out = Path(out)
    keep = SaveCheckpoint(out.with_suffix(".run.safetensors"), every=200)
    if resume and not keep.path.exists():
        raise CourseError(f"there is no {keep.path} to resume; leave --resume out to begin a new run")
    corpus = load("world")
    tokenizer = WordTokenizer.for_world(World())
    model = GPT(gpt_config(tokenizer.vocab_size))
    model.initialize(seed)
    model.to(pick_device())
    config = replace(train_config(steps or SHIPPED_STEPS, seconds, seed), final=0.02)
    if fresh is None:
        expected_steps = config.steps or round(STEPS_PER_SECOND * (seconds or 0))
        fresh = max(0, BATCH_SIZE * expected_steps - len(corpus.train))
    documents = [*corpus.train, *fresh_stories(fresh, avoid=[*corpus.train, *corpus.validation, *corpus.test])]
    batches = Batches(documents, tokenizer, model.config.context, BATCH_SIZE, seed)
    watchers = [ProgressBar(), keep, *callbacks]
    history = train(model, batches, config, watchers, corpus.validation[:100], resume=keep.path if resume else None)
    loss = evaluate(model, corpus.validation, tokenizer)
    notes = {
        "steps": len(history.losses),
        "tokens": history.tokens,
        "seed": seed,
        "optimizer": config.optimizer,
        "fresh_stories": fresh,
        "validation_loss": round(loss, 4),
        "floor": round(floor(corpus.validation), 4),
    }
    model = gathered(model)
    if Team.current().leads:
        save_model(out, model, tokenizer, **notes)
        write_atomically(out.with_suffix(".md"), model_card(out.stem, model, notes).encode("utf-8"))
        if not history.interrupted:
            keep.path.unlink(missing_ok=True)
    return loss
