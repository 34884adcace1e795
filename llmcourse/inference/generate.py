"""Generation: a language model writes by reading what it has written, one token at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.inference.sampling import Choose, greedy
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT

Adjust = Callable[[Tensor, Tensor], Tensor]  # logits (batch vocab), ids so far (batch position) -> logits


def generate(
    model: GPT,
    ids: Int[Tensor, "batch position"],
    max_new_tokens: int,
    choose: Choose = greedy,
    stop_id: int | None = None,
    use_cache: bool = True,
    generator: torch.Generator | None = None,
    adjust: Adjust | None = None,
    cache: KVCache | None = None,
) -> Int[Tensor, "batch longer"]:
    """Continue each row of `ids` by at most `max_new_tokens` tokens; returns the rows with their continuations.

    `choose`: a function from logits (batch vocab) to ids (batch). It is given the `generator` too if there is one.
    `stop_id`: a row ends with this token; it is filled up with it while other rows go on.
    `use_cache`: keep the keys and values of earlier tokens; the text is the same without, and takes longer.
    `adjust`: a function from logits and the ids so far to other logits, before `choose` sees them: a penalty, a rule.
    `cache`: an empty one of your own to keep them in, such as KVCache(model.config, growing=True).

    A text never grows beyond the model's context: generation stops there with what it has.
    Raises CourseError when the prompt is empty or longer than the context, and for a cache that is not empty.
    """
    new = list(new_tokens(model, ids, max_new_tokens, choose, stop_id, use_cache, generator, adjust, cache))
    return torch.cat([ids, *(column[:, None] for column in new)], dim=1)


def new_tokens(
    model: GPT,
    ids: Int[Tensor, "batch position"],
    max_new_tokens: int,
    choose: Choose = greedy,
    stop_id: int | None = None,
    use_cache: bool = True,
    generator: torch.Generator | None = None,
    adjust: Adjust | None = None,
    cache: KVCache | None = None,
    is_text: Bool[Tensor, "batch position"] | None = None,
) -> Iterator[Int[Tensor, " batch"]]:
    """What `generate` adds, one token for each row at a time, as soon as it is chosen.

    `is_text`: False where a row is filled up (`inputs.fill_front`), so that nobody looks there.
    """
    n, context = ids.shape[1], model.config.context
    check_prompt(n, context)
    if max_new_tokens < 0:
        raise CourseError(f"max_new_tokens={max_new_tokens} must be 0 or more")
    if cache is not None and cache.length > 0:
        raise CourseError(f"this cache holds {cache.length} tokens of another text: give an empty one")
    if cache is None and use_cache:
        cache = KVCache(model.config)
    unread = ids
    done = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)

    for _ in range(min(max_new_tokens, context - n)):
        with torch.no_grad(), evaluating(model):  # and not while whoever asked for the token does something with it
            mask = None if is_text is None else is_text[:, None, :]
            logits = model(unread, mask, cache)[:, -1]  # batch vocab
            if adjust is not None:
                logits = adjust(logits, ids)
            new = choose(logits) if generator is None else choose(logits, generator)
        if stop_id is not None:
            new = new.masked_fill(done, stop_id)
            done = done | (new == stop_id)
        yield new
        if done.all():
            break
        ids = torch.cat([ids, new[:, None]], dim=1)
        unread = ids if cache is None else new[:, None]
        if is_text is not None:
            is_text = torch.cat([is_text, torch.ones_like(is_text[:, :1])], dim=1)


def check_prompt(length: int, context: int) -> None:
    if length == 0:
        raise CourseError("the prompt is empty: a model needs a token to start from, such as <bos>")
    if length > context:
        raise CourseError(f"the prompt has {length} tokens, and the model reads at most {context}: shorten it")


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Dropout off inside the block; afterwards the model is in the mode that it was in."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
