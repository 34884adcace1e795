"""Small GPTs that learn openings of stories from nothing, in seconds: chapter 20 trains one for each world."""

from collections.abc import Sequence
from dataclasses import replace

from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.device import pick_device
from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import Batches
from llmcourse.training.config import TrainConfig
from llmcourse.training.loop import train
from llmcourse.training.recipes import gpt_config

#: name: (width, layers, AdamW's learning rate)
SIZES = {"tiny": (16, 1, 1e-2), "small": (32, 1, 1e-2), "large": (64, 2, 4e-3)}


def opening_config(vocab_size: int, size: str = "small") -> ModelConfig:
    """The shape of a "tiny", a "small" or a "large" one: some 14, 34 and 142 thousand parameters."""
    if size not in SIZES:
        raise CourseError(f"size={size!r} is unknown: choose one of {', '.join(SIZES)}")
    width, layers, _ = SIZES[size]
    return replace(gpt_config(vocab_size), d_model=width, n_layers=layers)


def train_on_openings(
    texts: Sequence[str], tokenizer: WordTokenizer, size: str = "small", steps: int = 800, seed: int = 0
) -> GPT:
    """A new GPT after so many steps of 16 openings. The seed decides its first weights and the order of the texts.

    An opening ends where the story goes on, so no <eos> is learned.
    """
    if not texts:
        raise CourseError("there is nothing to learn from: the list of texts is empty")
    model = GPT(opening_config(tokenizer.vocab_size, size)).initialize(seed).to(pick_device())
    rows = [tokenizer.encode(text, bos=True) for text in texts]
    config = TrainConfig(steps=steps, optimizer="adamw", lr=SIZES[size][2], weight_decay=0.02, final=0.01, seed=seed)
    train(model, Batches(rows, tokenizer, model.config.context, batch_size=16, seed=seed), config)
    return model.eval()
