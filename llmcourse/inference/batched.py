"""Continuing many prompts at once, whatever their lengths.

`generate` wants prompts of one length. Here the shorter ones are filled up at their *front*, where a mask hides the
filling, so that all continuations begin in the same column. Relative positions know only distances, so a row does not
notice where it stands.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference.generate import check_prompt, evaluating
from llmcourse.inference.sampling import Choose, greedy
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT


def fill_front(
    prompts: Sequence[Sequence[int]], pad_id: int = 0
) -> tuple[Int[Tensor, "batch position"], Bool[Tensor, "batch position"]]:
    """The prompts as the rows of one tensor, the shorter ones filled up at their front; and True where there is text.

    A prompt may hold `pad_id` itself: what is text is known from the lengths. Raises CourseError without prompts.
    """
    if not prompts:
        raise CourseError("there are no prompts: give at least one")
    width = max(len(prompt) for prompt in prompts)
    missing = torch.tensor([width - len(prompt) for prompt in prompts])
    rows = [[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    ids = torch.tensor(rows, dtype=torch.long).view(len(prompts), width)
    return ids, torch.arange(width) >= missing[:, None]


@torch.no_grad()
def generate_batch(
    model: GPT,
    prompts: Sequence[Sequence[int]],
    stop_id: int,
    pad_id: int = 0,
    choose: Choose = greedy,
    generator: torch.Generator | None = None,
    max_new_tokens: int | None = None,
) -> list[list[int]]:
    """What the model writes after each prompt, with `stop_id` at the end unless the context ended first.

    The room of all is what the longest prompt leaves of the context. Raises CourseError for a model whose positions
    are not relative, and for prompts that are empty or too long.
    """
    check_relative(model)
    if not prompts:
        return []
    for length in (min(map(len, prompts)), max(map(len, prompts))):
        check_prompt(length, model.config.context)
    unread, is_text = (tensor.to(model.device) for tensor in fill_front(prompts, pad_id))  # batch position
    room = model.config.context - unread.shape[1]
    room = room if max_new_tokens is None else min(max_new_tokens, room)
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


def check_relative(model: GPT) -> None:
    """Raises CourseError for a model that would notice at which column a text begins."""
    if model.config.positions not in ("rotary", "alibi", "none"):
        raise CourseError(f"prompts of different lengths need relative positions, not {model.config.positions!r} ones")


def up_to(row: list[int], stop_id: int) -> list[int]:
    """The row up to and including the first `stop_id`."""
    return row[: row.index(stop_id) + 1] if stop_id in row else row
