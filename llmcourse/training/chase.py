"""Chasing a reward, round after round: draw replies, compare them by the reward, learn from the pairs, draw again.

Each round takes the model a little farther from where it started, and whatever the reward likes becomes more frequent,
whether or not that is what anybody wanted. How far it has gone is measured in nats of KL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.preferences import ENDS_WELL, Pair, Worth, true_worth
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.chat import replies
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import Batches
from llmcourse.training.config import TrainConfig
from llmcourse.training.dpo import ImplicitReward
from llmcourse.training.kl import kl_to_reference
from llmcourse.training.loop import train
from llmcourse.training.preferences import Preferences, preference_rows


@dataclass(frozen=True)
class Standing:
    """What a model's replies are like: by the reward that is chased, by the truth, and how far it has moved."""

    texts: tuple[str, ...]
    reward: int | float  # mean of the reward that is chased
    right: int | float  # share of replies that are a tale and end well
    kl: float  # nats per reply, to the reference


def standing(
    model: GPT, reference: GPT, tokenizer: Tokenizer, asked: Sequence[Instruction], worth: Worth, seed: int = 0
) -> Standing:
    """Draw one reply to each instruction at temperature 1, and measure."""
    texts = replies(model, tokenizer, asked, temperature=1, seed=seed)
    both = list(zip(asked, texts, strict=True))
    return Standing(
        texts=tuple(texts),
        reward=sum(worth(one, text) for one, text in both) / len(both),
        right=sum(true_worth(one, text) == ENDS_WELL for one, text in both) / len(both),
        kl=kl_to_reference(model, reference, tokenizer, asked, texts),
    )


def ranked_pairs(asked: Sequence[Instruction], texts: Sequence[str], worth: Worth) -> list[Pair]:
    """Pairs of replies to the same instruction: the best with the worst, the second best with the second worst, and so
    on, as long as the reward tells them apart. Replies to the same instruction stand side by side."""
    groups: dict[Instruction, list[str]] = {}
    for one, text in zip(asked, texts, strict=True):
        groups.setdefault(one, []).append(text)
    pairs = []
    for one, group in groups.items():
        ranked = sorted(group, key=lambda text: worth(one, text), reverse=True)
        for place in range(len(ranked) // 2):
            best, worst = ranked[place], ranked[-1 - place]
            if worth(one, best) > worth(one, worst):
                pairs.append(Pair(one, best, worst))
    return pairs


def dpo(
    policy: GPT,
    reference: GPT,
    tokenizer: Tokenizer,
    pairs: Sequence[Pair],
    steps: int,
    beta: int | float = 0.1,
    lr: int | float = 5e-4,
    batch_size: int = 16,
    seed: int = 0,
) -> ImplicitReward:
    """Train the policy in place on pairs, and return it as the reward that it has become.

    Raises CourseError when there are no pairs.
    """
    if not pairs:
        raise CourseError("there are no pairs to learn from: the reward sees no difference between any two replies")
    reward = ImplicitReward(policy, reference, beta)
    context = 2 * policy.config.context  # a row holds two conversations
    rows = preference_rows(tokenizer, pairs)
    batches = Batches(rows, tokenizer, context, batch_size, seed, objective=Preferences(tokenizer))
    config = TrainConfig(steps=steps, lr=lr, weight_decay=0.0, warmup=0.1, schedule="constant", seed=seed)
    train(reward, batches, config)
    return reward


def chase(
    policy: GPT,
    reference: GPT,
    tokenizer: Tokenizer,
    prompts: Sequence[Instruction],
    worth: Worth,
    rounds: int,
    steps: int = 8,
    per_prompt: int = 4,
    beta: int | float = 0.1,
    lr: int | float = 1e-3,
    batch_size: int = 16,
) -> Iterator[Standing]:
    """Where the policy stands before the first round and after each; it is trained in place.

    Ends early when the reward no longer sees a difference between the replies to any prompt.
    """
    asked = [prompt for prompt in prompts for _ in range(per_prompt)]
    for number in range(rounds + 1):
        now = standing(policy, reference, tokenizer, asked, worth, seed=number)
        yield now
        pairs = ranked_pairs(asked, now.texts, worth)
        if number == rounds or not pairs:
            return
        dpo(policy, reference, tokenizer, pairs, steps, beta, lr, batch_size, seed=number)
