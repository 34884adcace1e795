"""Continuous batching in miniature: as soon as one text ends, another takes its place in the batch.

A batch that waits for its longest text leaves most of its rows idle most of the time. Here each row is a *slot*: when
its text ends, the next request moves in, and the other rows do not notice.

All rows share their columns. A request that joins reads its prompt alone, into those columns right before the present
one, and its keys and values are copied into the slot. When the columns reach the end of the context, or a prompt is
longer than the columns so far, all that is going on is read again, moved to the front.

Yu et al. (2022), Orca: A Distributed Serving System for Transformer-Based Generative Models.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from llmcourse.inference.batched import check_relative, fill_front
from llmcourse.inference.generate import check_prompt, evaluating
from llmcourse.inference.sampling import Choose, greedy
from llmcourse.inference.timeline import Stay, check_schedule
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT


@dataclass
class Served:
    """What came of the requests: the new ids of each in their order, and who was in which slot when."""

    written: list[list[int]]
    stays: list[Stay] = field(default_factory=list)
    steps: int = 0  # model calls that gave each slot a token
    reads: int = 0  # model calls that read prompts


class Slots:
    """A batch whose rows come and go. `rows` holds the ids of the text in each slot; an idle one holds []."""

    def __init__(self, model: GPT, n_slots: int, pad_id: int):
        self.model, self.pad_id = model, pad_id
        self.rows: list[list[int]] = [[] for _ in range(n_slots)]
        self.reads = 0
        self.reread()

    @property
    def columns(self) -> int:
        """How many columns hold keys and values: of each text all tokens but the last, which is not yet read."""
        return self.cache.length

    def reread(self) -> None:
        """Read all texts anew, as far to the front as the longest allows."""
        self.cache = KVCache(self.model.config)
        ids, self.is_text = (t.to(self.model.device) for t in fill_front([row[:-1] for row in self.rows], self.pad_id))
        if ids.shape[1] > 0:
            self.model(ids, mask=self.is_text[:, None, :], cache=self.cache)
            self.reads += 1

    def join(self, slot: int, prompt: list[int]) -> None:
        """Let a new text into a slot."""
        self.rows[slot] = list(prompt)
        n, end = len(prompt) - 1, self.columns
        if n > end:
            self.reread()
            return
        self.is_text[slot] = torch.arange(end, device=self.is_text.device) >= end - n
        if n == 0:
            return
        alone = KVCache(self.model.config)
        alone.shift(end - n)  # the columns before it are empty, and hidden below
        self.model(torch.tensor([prompt[:-1]], device=self.model.device), self.is_text[slot][None, None, :], alone)
        self.reads += 1
        for mine, new in zip(self.cache.layers, alone.layers, strict=True):
            for kept, fresh in zip(mine.filled(), new.filled(), strict=True):
                kept[slot, :, end - n :] = fresh[0, :, end - n :]

    def step(self) -> Tensor:
        """Read the last token of every text; returns the logits of what comes next (batch vocab)."""
        if self.columns == self.model.config.context:
            self.reread()
        last = [row[-1] if row else self.pad_id for row in self.rows]
        unread = torch.tensor(last, device=self.model.device)[:, None]
        self.is_text = torch.cat([self.is_text, torch.ones_like(unread, dtype=torch.bool)], dim=1)
        return self.model(unread, mask=self.is_text[:, None, :], cache=self.cache)[:, -1]


@torch.no_grad()
def serve(
    model: GPT,
    prompts: Sequence[Sequence[int]],
    n_slots: int,
    stop_id: int,
    pad_id: int = 0,
    choose: Choose = greedy,
    max_new_tokens: int | None = None,
) -> Served:
    """Continue all prompts, at most `n_slots` at a time; each goes on as it would alone.

    A text ends with `stop_id`, after `max_new_tokens`, or at the end of the context. Raises CourseError as
    `generate_batch` does.
    """
    check_relative(model)
    check_schedule([], n_slots)
    context = model.config.context
    for prompt in prompts:
        check_prompt(len(prompt), context)
    most = context if max_new_tokens is None else max_new_tokens
    served = Served([[] for _ in prompts])
    waiting = [number for number, prompt in enumerate(prompts) if len(prompt) < context and most > 0]
    with evaluating(model):
        slots = Slots(model, n_slots, pad_id)
        inside: dict[int, int] = {}  # slot: the number of its request
        since: dict[int, int] = {}
        while waiting or inside:
            for slot in range(n_slots):
                if slot not in inside and waiting:
                    inside[slot], since[slot] = waiting.pop(0), served.steps
                    slots.join(slot, list(prompts[inside[slot]]))
            chosen = choose(slots.step()).tolist()
            served.steps += 1
            for slot, number in list(inside.items()):
                served.written[number].append(chosen[slot])
                slots.rows[slot].append(chosen[slot])
                ended = chosen[slot] == stop_id or len(served.written[number]) == most
                if ended or len(slots.rows[slot]) == context:
                    served.stays.append(Stay(number, slot, since[slot], served.steps))
                    slots.rows[slot] = []
                    del inside[slot]
        served.reads = slots.reads
    return served
