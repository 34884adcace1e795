"""From real text to a checkpoint: ``llmcourse pretrain --corpus tinyshakespeare``.

The model and the recipe are those of the story world's GPT, in the size of a well-known example: nanoGPT's for a
processor (Karpathy 2022; 4 layers, 128 wide, a context of 64, batches of 12, 2,000 steps, 1.5 million characters read).
There is no floor here. Nobody knows how much of Shakespeare can be foreseen; all that is left is to compare models, and
for that the loss is told per *character*, whatever the tokens are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from llmcourse.corpus.corpora import Corpus, load
from llmcourse.corpus.tokenizers import BPETokenizer, Tokenizer
from llmcourse.device import pick_device
from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import Batches
from llmcourse.training.evaluation import evaluate
from llmcourse.training.recipes import gpt_config, train_config
from llmcourse.training.shipping import kept_run, ship

TEXT_STEPS = 2_000
TEXT_BATCH = 12
BPE_VOCABULARY = 1_024  # the bytes and the special tokens among them
TOKENS = ("characters", "bpe")

CARD = """\
# Model card: {name}

A GPT with {parameters:,} parameters, trained on the first 90% of `{corpus}`, read by {unit} ({vocabulary:,} kinds).
Made by `llmcourse pretrain --corpus {corpus} --tokens {unit}` in {steps:,} steps of {optimizer}, seed {seed}.

Its loss on the next 5%, which it has never read, is **{validation_loss:.4f} nats per character**. It writes what looks
like the text that it was trained on; nothing that it says is meant.
"""


def text_config(vocab_size: int) -> ModelConfig:
    """The shape of the model: the world's GPT with one layer more, and half the context."""
    return replace(gpt_config(vocab_size), n_layers=4, context=64)


def text_tokenizer(corpus: Corpus, tokens: str = "characters") -> Tokenizer:
    """The corpus's characters, or byte-level BPE learned from what the model is trained on."""
    if tokens not in TOKENS:
        raise CourseError(f"tokens={tokens!r} is unknown: choose one of {', '.join(TOKENS)}")
    return corpus.tokenizer() if tokens == "characters" else BPETokenizer.train(corpus.train, BPE_VOCABULARY)


def nats_per_character(model: nn.Module, documents: Sequence[str], tokenizer: Tokenizer) -> float:
    """The loss of all these documents, divided by their characters: comparable whatever the tokens are."""
    nats = sum(
        evaluate(model, [text], tokenizer, cut_long=True) * (len(tokenizer.encode(text)) + 1)  # and one <eos>
        for text in documents
    )
    return nats / sum(map(len, documents))


def pretrain_text(
    out: Path,
    corpus: str = "tinyshakespeare",
    tokens: str = "characters",
    steps: int | None = None,
    seconds: int | float | None = None,
    seed: int = 0,
    resume: bool = False,
    callbacks: Sequence[Any] = (),
) -> float:
    """Train a GPT on a corpus of real text, save it with a card, and return its validation loss in nats per character.

    As in `pretrain`, the run is kept beside `out` every 200 steps, and `resume` goes on with it. Raises CourseError
    for an unknown corpus or kind of tokens, and where there is nothing to resume.
    """
    out = Path(out)
    data = load(corpus)
    tokenizer = text_tokenizer(data, tokens)
    model = GPT(text_config(tokenizer.vocab_size)).initialize(seed).to(pick_device())
    batches = Batches(data.train, tokenizer, model.config.context, TEXT_BATCH, seed, cut_long=True)
    config = replace(train_config(steps or TEXT_STEPS, seconds, seed), eval_every=500)
    history = kept_run(out, model, batches, config, data.validation, resume, callbacks)
    loss = nats_per_character(model, data.validation, tokenizer)
    notes = {
        "corpus": corpus,
        "unit": tokens,
        "steps": len(history.losses),
        "tokens": history.tokens,
        "seed": seed,
        "optimizer": config.optimizer,
        "validation_loss": round(loss, 4),
    }
    ship(out, model, tokenizer, notes, text_card, finished=not history.interrupted)
    return loss


def text_card(name: str, model: GPT, notes: Mapping[str, Any]) -> str:
    """The card as Markdown, from the model and the notes that are saved with it."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return CARD.format(name=name, parameters=parameters, vocabulary=model.config.vocab_size, **notes)
