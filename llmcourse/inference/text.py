"""Text in, text out: a model and its tokenizer together."""

import torch
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.generate import check_prompt, evaluating, generate
from llmcourse.inference.sampling import sampler
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
) -> str:
    """The prompt and what the model writes after it, up to its own <eos> or the end of the context.

    The same seed gives the same text. Temperature 0 always takes the likeliest token.
    Raises CourseError (UnknownWord) for a word outside the vocabulary and for a prompt longer than the context.
    """
    ids = encode_prompt(model, tokenizer, prompt)
    room = model.config.context - ids.shape[1]
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    new = generate(
        model,
        ids,
        max_new_tokens=room if max_new_tokens is None else max_new_tokens,
        choose=sampler(temperature, top_k, top_p),
        stop_id=tokenizer.eos_id,
        generator=generator,
    )
    return tokenizer.decode(new[0].tolist())


def sample_texts(
    model: GPT, tokenizer: Tokenizer, n: int, prompt: str = "", temperature: int | float = 1.0, seed: int = 0
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
