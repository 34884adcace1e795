"""How the course's models are made: a recipe for each family. `pretrain.py` follows them.

Each choice of the GPT's is one that chapter 25 ablates: rotary positions, RMSNorm before each part, normalized queries
and keys, squared ReLU, feed-forward layers that begin at zero, heads that begin by copying, whole stories as rows, Muon
for the matrices. The other two families take over all of it, and change what is asked.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.families import FAMILIES
from llmcourse.training.batches import Collator
from llmcourse.training.config import TrainConfig
from llmcourse.training.continuation import Continuation, answer_floor
from llmcourse.training.floors import floor, masked_floor
from llmcourse.training.objectives import MASK, MaskedLM
from llmcourse.training.repeated import RepeatedWords

#: Steps of the run in chapter 10: about one look at each training story, less than two minutes on two idle cores.
LIVE_STEPS = 1_300
#: Steps of the shipped GPT.
SHIPPED_STEPS = 18_000
FRESH_SEED = 1_000
BATCH_SIZE = 16
STEPS_PER_SECOND = 12  # on two cores: how many stories a run by the clock will need

#: The share of words that BERT's training hides, and the one that it is judged by. See Wettig et al. (2023).
TRAINING_SHARE = 0.3
JUDGED_SHARE = 0.15
#: How much of BERT's training is the first lesson (repeated.py), and how many steps at most.
FIRST_PART, FIRST_STEPS = 0.4, 1_500


@dataclass(frozen=True)
class Recipe:
    """What a family needs beyond what all have in common."""

    config: Callable[[int], ModelConfig]  # of a vocabulary's size
    shipped_steps: int
    unit: str  # what the loss is counted in
    learns: Callable[[WordTokenizer], Collator | None]  # the questions it learns from; None: the next token
    judged_by: Callable[[WordTokenizer], Collator | None]  # the questions of its validation loss
    floor: Callable[[Sequence[str], WordTokenizer], float]  # the least loss on these questions that there can be
    special: tuple[str, ...] = ()  # tokens that its tokenizer has beyond the usual ones
    first: Callable[[WordTokenizer], Collator] | None = None  # easier questions to begin with
    weight_decay: float = 0.02

    def steps_first(self, steps: int) -> int:
        """How many of the run's steps ask the easier questions."""
        return 0 if self.first is None else min(FIRST_STEPS, round(FIRST_PART * steps))

    def tokenizer(self) -> WordTokenizer:
        return WordTokenizer.for_world(World(), special=list(self.special))


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


def bert_config(vocab_size: int) -> ModelConfig:
    """The shape of the course's BERT: the GPT's with a layer more, and narrow feed-forward layers.

    Only its gaps are asked about. What stands at the other places has to be kept for heads to copy from, and a wide
    feed-forward layer soon writes over it.
    """
    return replace(gpt_config(vocab_size), n_layers=4, d_ff=192)


def encoder_decoder_config(vocab_size: int) -> ModelConfig:
    """The shape of the course's encoder-decoder: two layers that read, two that write, under 4 MB together."""
    return replace(gpt_config(vocab_size), n_layers=2, n_decoder_layers=2, d_ff=384)


def train_config(
    steps: int | None = LIVE_STEPS, seconds: int | float | None = None, seed: int = 0, weight_decay: float = 0.02
) -> TrainConfig:
    """How it is trained: Muon, at a high learning rate, held for half of the run and then let down to almost nothing.

    With AdamW alone the same steps end three times as far above the floor: copying is learned much later.
    """
    return TrainConfig(
        steps=steps if seconds is None else None,
        seconds=seconds,
        optimizer="muon",
        lr=4e-3,
        muon_lr=0.02,
        weight_decay=weight_decay,
        schedule="warmup_stable_decay",
        final=0.002,
        eval_every=200,
        seed=seed,
    )


def only_masks(tokenizer: WordTokenizer, share: float = JUDGED_SHARE) -> MaskedLM:
    """Every word that is asked for is hidden by a mask: the questions whose floor is known."""
    return MaskedLM(tokenizer, share, masked=1, randomized=0)


def recipe(family: str) -> Recipe:
    """The recipe of "gpt", "bert" or "encoder_decoder". Raises CourseError for another name."""
    if family not in FAMILIES:
        raise CourseError(f"family={family!r} is unknown: choose one of {', '.join(FAMILIES)}")
    return {
        "gpt": Recipe(
            config=gpt_config,
            shipped_steps=SHIPPED_STEPS,
            unit="nats per token",
            learns=lambda tokenizer: None,
            judged_by=lambda tokenizer: None,
            floor=lambda documents, tokenizer: floor(documents),
        ),
        "bert": Recipe(
            config=bert_config,
            shipped_steps=12_000,
            unit="nats per hidden word",
            learns=lambda tokenizer: only_masks(tokenizer, TRAINING_SHARE),
            judged_by=only_masks,
            floor=lambda documents, tokenizer: masked_floor(documents, only_masks(tokenizer)),
            special=(MASK,),
            first=RepeatedWords,
            weight_decay=0.3,
        ),
        "encoder_decoder": Recipe(
            config=encoder_decoder_config,
            shipped_steps=5_400,
            unit="nats per token of the answer",
            learns=Continuation,
            judged_by=Continuation,
            floor=lambda documents, tokenizer: answer_floor(documents),
        ),
    }[family]


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
