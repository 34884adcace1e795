"""Answers from an encoder-decoder: read a text once, then write another, one token at a time.

`write_answer` is the loop in its simplest form; `generate_answer` does the same for many texts at once, and keeps the
keys and values of what it has read and written.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.inference.sampling import Choose, greedy
from llmcourse.model.cache import KVCache
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.masks import padding_mask


@torch.no_grad()
def write_answer(
    model: EncoderDecoder, source: Int[Tensor, "1 memory"], start_id: int = 1, stop_id: int = 2, most: int = 20
) -> list[int]:
    """The likeliest answer to one text, token by token: at most `most` ids, without start and stop."""
    memory = model.encode(source)  # once: it does not depend on what is written
    ids = [start_id]
    for _ in range(most):
        logits = model.decode(torch.tensor([ids], device=source.device), memory)  # 1 position vocab
        new = int(logits[0, -1].argmax())
        if new == stop_id:
            break
        ids.append(new)
    return ids[1:]


@torch.no_grad()
def generate_answer(
    model: EncoderDecoder,
    source: Int[Tensor, "batch memory"],
    max_new_tokens: int | None = None,
    choose: Choose = greedy,
    start_id: int = 1,
    stop_id: int = 2,
    pad_id: int = 0,
    source_mask: Bool[Tensor, "#batch 1 memory"] | None = None,
    use_cache: bool = True,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "batch position"]:
    """An answer to each row of `source`, without the start token, with its stop token, filled up with padding.

    `source`: rows may differ in length and are filled up with `pad_id`, at which nobody looks.
    `source_mask`: True at the tokens that may be looked at, where it is not all but padding.
    `max_new_tokens`: when to give up; the model's context if not given. T5 starts with the padding token: `start_id=0`.
    `use_cache`: keep keys and values; the answers are the same without, and take longer.

    Raises CourseError for a source that is empty or does not fit the model, and for a negative `max_new_tokens`.
    """
    if source.ndim != 2 or 0 in source.shape:
        raise CourseError(
            f"source has the shape {tuple(source.shape)}: it needs (batch, position), and a token to read"
        )
    room = model.config.context
    most = room if max_new_tokens is None else min(max_new_tokens, room)
    if most < 0:
        raise CourseError(f"max_new_tokens={max_new_tokens} must be 0 or more")
    source_mask = padding_mask(source, pad_id) if source_mask is None else source_mask
    cache = KVCache(model.config) if use_cache else None
    ids = unread = torch.full((len(source), 1), start_id, device=source.device)
    done = torch.zeros(len(source), dtype=torch.bool, device=source.device)

    with evaluating(model):
        memory = model.encode(source, source_mask)
        for _ in range(most):
            logits = model.decode(unread, memory, source_mask, cache=cache)[:, -1]  # batch vocab
            new = choose(logits) if generator is None else choose(logits, generator)
            new = new.masked_fill(done, pad_id)
            done = done | (new == stop_id)
            ids = torch.cat([ids, new[:, None]], dim=1)
            if done.all():
                break
            unread = ids if cache is None else new[:, None]
    return ids[:, 1:]


def answer_texts(model: EncoderDecoder, tokenizer: Tokenizer, texts: Sequence[str]) -> list[str]:
    """The likeliest answer to each text: its translation, if the model is a translator.

    Raises CourseError (UnknownWord) for a word outside the vocabulary, and for texts that the model cannot read.
    """
    if not texts:
        return []
    rows = [tokenizer.encode(text) for text in texts]
    width = max(map(len, rows))
    rows = [row + [tokenizer.pad_id] * (width - len(row)) for row in rows]
    source = torch.tensor(rows, dtype=torch.long, device=model.device)
    answers = generate_answer(
        model, source, start_id=tokenizer.bos_id, stop_id=tokenizer.eos_id, pad_id=tokenizer.pad_id
    )
    return [tokenizer.decode(row) for row in answers.tolist()]
