"""Replies to many prompts at once, whatever their lengths.

`generate` wants prompts of one length. Here the shorter ones are filled up at their *front*, where a mask hides the
filling, so that all replies begin in the same column. Rotary positions know only distances, so a row does not notice
where it stands.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from llmcourse.corpus.chat import prompt_ids
from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import check_prompt, evaluating
from llmcourse.inference.sampling import Choose, greedy, sampler
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT


@torch.no_grad()
def reply_ids(
    model: GPT,
    prompts: Sequence[list[int]],
    stop_id: int,
    pad_id: int = 0,
    choose: Choose = greedy,
    generator: torch.Generator | None = None,
    max_new_tokens: int | None = None,
) -> list[list[int]]:
    """What the model writes after each prompt, with `stop_id` at the end unless the context ended first.

    Raises CourseError for a model whose positions are not relative, and for prompts that are empty or too long.
    """
    if model.config.positions not in ("rotary", "alibi", "none"):
        raise CourseError(f"prompts of different lengths need relative positions, not {model.config.positions!r} ones")
    if not prompts:
        return []
    width, context = max(map(len, prompts)), model.config.context
    check_prompt(min(map(len, prompts)), context)
    check_prompt(width, context)
    room = context - width if max_new_tokens is None else min(max_new_tokens, context - width)
    filled = [[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=model.device)
    unread = torch.tensor(filled, device=model.device)
    is_text = torch.arange(width, device=model.device) >= (width - lengths)[:, None]  # batch key
    done = torch.zeros(len(prompts), dtype=torch.bool, device=model.device)
    cache, written = KVCache(model.config), []

    with evaluating(model):
        for _ in range(room):
            logits = model(unread, mask=is_text[:, None, :], cache=cache)[:, -1]  # batch vocab
            new = choose(logits) if generator is None else choose(logits, generator)
            new = new.masked_fill(done, stop_id)
            written.append(new)
            done = done | (new == stop_id)
            if done.all():
                break
            unread = new[:, None]
            is_text = torch.cat([is_text, torch.ones_like(is_text[:, :1])], dim=1)
    rows: Int[Tensor, "batch position"] = torch.stack(written, dim=1) if written else unread[:, :0]
    return [up_to(row, stop_id) for row in rows.tolist()]


def up_to(row: list[int], stop_id: int) -> list[int]:
    """The row up to and including the first `stop_id`."""
    return row[: row.index(stop_id) + 1] if stop_id in row else row


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
        rows = reply_ids(
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
