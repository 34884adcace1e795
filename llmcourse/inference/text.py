"""Text in, text out: a model and its tokenizer together."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.generate import Adjust, check_prompt, evaluating, generate
from llmcourse.inference.sampling import sampler
from llmcourse.inference.stopping import check_stops
from llmcourse.inference.streaming import stream
from llmcourse.model.gpt import GPT


def sample_text(
    model: GPT,
    tokenizer: Tokenizer,
    prompt: str = "",
    temperature: int | float = 1.0,
    top_k: int | None = None,
    top_p: int | float | None = None,
    seed: int | None = None,
    max_new_tokens: int | None = None,
    min_p: int | float | None = None,
    typical_p: int | float | None = None,
    stop: Sequence[str] = (),
) -> str:
    """The prompt and what the model writes after it, up to its own <eos>, a stop string or the end of the context.

    The same seed gives the same text. Temperature 0 always takes the likeliest token. `stop`: strings before which the
    text ends. A prompt that fills the context comes back as it is: there is no room to go on.
    Raises CourseError (UnknownWord) for a word outside the vocabulary and for a prompt longer than the context.
    """
    settings = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "min_p": min_p, "typical_p": typical_p}
    pieces = stream_text(model, tokenizer, prompt, seed=seed, max_new_tokens=max_new_tokens, stop=stop, **settings)  # type: ignore[arg-type]
    return "".join(pieces)


def stream_text(
    model: GPT,
    tokenizer: Tokenizer,
    prompt: str = "",
    temperature: int | float = 1.0,
    top_k: int | None = None,
    top_p: int | float | None = None,
    seed: int | None = None,
    max_new_tokens: int | None = None,
    min_p: int | float | None = None,
    typical_p: int | float | None = None,
    stop: Sequence[str] = (),
) -> Iterator[str]:
    """The text of `sample_text` with the same arguments, piece by piece: first the prompt, then what is written.

    Raises CourseError at once, not when the first piece is asked for.
    """
    ids = encode_prompt(model, tokenizer, prompt)
    check_stops(stop)
    room = model.config.context - ids.shape[1]
    choose = sampler(temperature, top_k, top_p, min_p, typical_p)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    most = room if max_new_tokens is None else max_new_tokens

    def pieces() -> Iterator[str]:
        first = ids[0].tolist()
        if begun := tokenizer.decode(first):
            yield begun
        yield from stream(model, tokenizer, first, most, choose, stop, generator)

    return pieces()


def sample_texts(
    model: GPT,
    tokenizer: Tokenizer,
    n: int,
    prompt: str = "",
    temperature: int | float = 1.0,
    seed: int = 0,
    adjust: Adjust | None = None,
) -> list[str]:
    """`n` texts that begin with the prompt, drawn side by side: much faster than one after the other."""
    ids = encode_prompt(model, tokenizer, prompt).expand(n, -1)
    new = generate(
        model,
        ids,
        max_new_tokens=model.config.context - ids.shape[1],
        choose=sampler(temperature),
        stop_id=tokenizer.eos_id,
        generator=torch.Generator().manual_seed(seed),
        adjust=adjust,
    )
    return [tokenizer.decode(row) for row in new.tolist()]


def next_token_probabilities(model: GPT, tokenizer: Tokenizer, prompt: str) -> dict[str, float]:
    """The probability of every token of the vocabulary to come next after the prompt, the likeliest first."""
    ids = encode_prompt(model, tokenizer, prompt)
    with torch.no_grad(), evaluating(model):
        probabilities = model(ids)[0, -1].float().softmax(dim=-1).cpu()  # vocab
    order = probabilities.argsort(descending=True, stable=True).tolist()
    return dict(zip(tokenizer.tokens(order), probabilities[order].tolist(), strict=True))


def encode_prompt(model: GPT, tokenizer: Tokenizer, prompt: str) -> Tensor:
    """The prompt as one row of ids that begins with <bos>, where the model is."""
    ids = tokenizer.encode(prompt, bos=True)
    check_prompt(len(ids), model.config.context)
    return torch.tensor([ids], device=model.device)
