"""Replies to many instructions at once: `generate_batch` with a chat template before it, and text after it."""

from collections.abc import Sequence

import torch

from llmcourse.corpus.chat import prompt_ids
from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.batched import generate_batch
from llmcourse.inference.sampling import sampler
from llmcourse.model.gpt import GPT


def replies(
    model: GPT,
    tokenizer: Tokenizer,
    asked: Sequence[Instruction],
    temperature: int | float = 0,
    seed: int = 0,
    max_new_tokens: int = 64,
    batch_size: int = 128,
) -> list[str]:
    """The model's reply to each instruction as text: its likeliest words, or drawn at a temperature above 0.

    No right reply is longer than 64 tokens, so what is not at an end by then is cut off.
    """
    prompts = [prompt_ids(tokenizer, one) for one in asked]
    generator = torch.Generator().manual_seed(seed)
    found: dict[int, str] = {}
    for some in alike(list(map(len, prompts)), model.config.context - max_new_tokens, batch_size):
        rows = generate_batch(
            model,
            [prompts[at] for at in some],
            tokenizer.eos_id,
            tokenizer.pad_id,
            sampler(temperature),
            generator,
            max_new_tokens,
        )
        found |= {at: tokenizer.decode(row) for at, row in zip(some, rows, strict=True)}
    return [found[at] for at in range(len(prompts))]


def alike(lengths: Sequence[int], roomy: int, most: int) -> list[list[int]]:
    """Which prompts go together, by their place: at most so many, and none that would cost another one its room.

    A reply has what the *longest* prompt of its batch leaves of the context. So prompts of up to `roomy` tokens may go
    together, whatever their lengths, and longer ones only where they differ by less than eight.
    """
    batches: list[list[int]] = []
    for at in sorted(range(len(lengths)), key=lambda at: lengths[at]):
        fits = batches and len(batches[-1]) < most and lengths[at] <= max(roomy, lengths[batches[-1][0]] + 7)
        if fits:
            batches[-1].append(at)
        else:
            batches.append([at])
    return batches
