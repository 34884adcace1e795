"""Continuing many prompts at once, whatever their lengths.

`generate` wants prompts of one length. Here the shorter ones are filled up at their *front*, where a mask hides the
filling, so that all continuations begin in the same column. Relative positions know only distances, so a row does not
notice where it stands.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference.generate import check_prompt, new_tokens
from llmcourse.inference.inputs import fill_front
from llmcourse.inference.sampling import Choose, greedy
from llmcourse.model.gpt import GPT


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
    ids, is_text = (tensor.to(model.device) for tensor in fill_front(prompts, pad_id))  # batch position
    room = model.config.context - ids.shape[1]
    room = room if max_new_tokens is None else min(max_new_tokens, room)
    written = list(new_tokens(model, ids, room, choose, stop_id, generator=generator, is_text=is_text))
    rows: Int[Tensor, "batch position"] = torch.stack(written, dim=1) if written else ids[:, :0]
    return [up_to(row, stop_id) for row in rows.tolist()]


def check_relative(model: GPT) -> None:
    """Raises CourseError for a model that would notice at which column a text begins."""
    if model.config.positions not in ("rotary", "alibi", "none"):
        raise CourseError(f"prompts of different lengths need relative positions, not {model.config.positions!r} ones")


def up_to(row: list[int], stop_id: int) -> list[int]:
    """The row up to and including the first `stop_id`."""
    return row[: row.index(stop_id) + 1] if stop_id in row else row
