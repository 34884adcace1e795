"""Many short trainings, of several sizes on several numbers of tokens: what a scaling law is fitted to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F

from llmcourse.analysis.scaling import Run
from llmcourse.corpus.chain import WordChain
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import Batches
from llmcourse.training.config import TrainConfig
from llmcourse.training.evaluation import evaluate
from llmcourse.training.loop import train
from llmcourse.training.schedules import warmup_stable_decay

LENGTH = 64  # tokens of a text
TEXTS = 8  # in a batch
MODERN: dict[str, Any] = {"activation": "relu2", "qk_norm": True, "zero_init_outputs": True}  # as chapter 10's GPT


def chain_config(chain: WordChain, width: int) -> ModelConfig:
    """A GPT of one layer for the chain's language; at a width of 4 to 32 it has 1,000 to 15,000 parameters."""
    size = ModelConfig(len(chain.table), context=LENGTH, d_model=width, n_layers=1, n_heads=1, d_ff=width)
    return replace(size, **MODERN)


def story_config(vocab_size: int, width: int) -> ModelConfig:
    """A GPT of two layers for stories."""
    size = ModelConfig(vocab_size, context=128, d_model=width, n_layers=2, n_heads=2)
    return replace(size, copy_init=True, **MODERN)


def train_on_chain(chain: WordChain, config: ModelConfig, tokens: int, lr: float | None = None, seed: int = 0) -> GPT:
    """A model after so many tokens of the chain's language, no text twice, its learning rate let down in the end.

    Every run has a schedule of its own: one that is read off half-way, at a high rate, looks worse than it is.
    Raises CourseError for fewer tokens than one batch has.
    """
    steps = tokens // (LENGTH * TEXTS)
    if steps < 1:
        raise CourseError(f"tokens={tokens} is less than one batch of {LENGTH * TEXTS}")
    lr = 0.05 * (8 / config.d_model) ** 0.5 if lr is None else lr  # wider models want smaller steps
    model = GPT(config).initialize(seed).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.95), weight_decay=0.0)
    texts = chain.texts(steps * TEXTS, LENGTH + 1, seed=seed + 1)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = lr * warmup_stable_decay(step, steps, warmup=0.05, final=0.02)
        batch = texts[step * TEXTS : (step + 1) * TEXTS]
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.eval()


@torch.no_grad()
def chain_loss(model: GPT, chain: WordChain, count: int = 200, seed: int = 10_000) -> float:
    """The loss on new texts, with the chance of the next word taken out: at each place the exact mean over all words
    that can come. What is left of luck is in the words that are read, and is subtracted with the floor's own."""
    ids = chain.texts(count, LENGTH, seed)
    truth = chain.table[ids]
    extra = truth * (truth.log() - model(ids).log_softmax(-1))  # Kullback-Leibler: what the model loses beyond chance
    return chain.entropy() + extra.sum(-1).mean().item()


def chain_runs(
    chain: WordChain, widths: Sequence[int], tokens: Sequence[int], seed: int = 0
) -> Iterator[tuple[int, Run]]:
    """(width, (parameters, tokens, loss)) of a training for each width and each number of tokens."""
    for width in widths:
        for count in tokens:
            model = train_on_chain(chain, chain_config(chain, width), count, seed=seed)
            size = sum(parameter.numel() for parameter in model.parameters())
            yield width, (size, count, chain_loss(model, chain))


def story_runs(
    stories: Sequence[str],
    validation: Sequence[str],
    tokenizer: Tokenizer,
    widths: Sequence[int],
    counts: Sequence[int],
    seed: int = 0,
) -> Iterator[Run]:
    """The same on stories: a training for each width, two layers deep, and each number of stories, none read twice.

    Raises CourseError for more stories than there are.
    """
    if max(counts) > len(stories):
        raise CourseError(f"there are {len(stories)} stories, and {max(counts)} are wanted: take fewer")
    for width in widths:
        for count in counts:
            model = GPT(story_config(tokenizer.vocab_size, width)).initialize(seed)
            batches = Batches(stories[:count], tokenizer, context=128, batch_size=TEXTS, seed=seed)
            recipe = TrainConfig(steps=count // TEXTS, lr=0.01 * (16 / width) ** 0.5, weight_decay=0.0, seed=seed)
            history = train(model, batches, recipe)
            size = sum(parameter.numel() for parameter in model.parameters())
            yield size, history.tokens, evaluate(model, validation, tokenizer)
