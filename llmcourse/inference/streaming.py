"""Streaming: text is shown piece by piece, while the model is still writing.

What has been shown cannot be taken back. So a piece waits as long as the next token could still change it: a character
of which some bytes are missing (a byte-level tokenizer may cut between them), or what may be the beginning of a stop
string.
"""

from collections.abc import Iterable, Iterator, Sequence

import torch

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.generate import Adjust, new_tokens
from llmcourse.inference.sampling import Choose, greedy
from llmcourse.inference.stopping import check_stops, cut_at_stop, held_back
from llmcourse.model.gpt import GPT

INCOMPLETE = "\ufffd"  # what bytes that are no character yet are decoded as


def text_pieces(
    tokenizer: Tokenizer, prompt: Sequence[int], new: Iterable[int], stop: Sequence[str] = ()
) -> Iterator[str]:
    """The text of the `new` ids, which follow those of the `prompt`, in pieces that are final. No piece is empty.

    All pieces together are the decoded text after the prompt's, up to the first stop string in it.
    Raises CourseError for an empty stop string.
    """
    check_stops(stop)
    ids, shown = list(prompt), len(tokenizer.decode(list(prompt)))
    start = shown  # stop strings are looked for behind it
    for id in new:
        ids.append(id)
        text, stopped = cut_at_stop(tokenizer.decode(ids)[start:], stop)
        if stopped:
            if len(text) > shown - start:
                yield text[shown - start :]
            return
        final = len(text.rstrip(INCOMPLETE))
        final -= held_back(text[:final], stop)
        if final > shown - start:
            yield text[shown - start : final]
            shown = start + final
    rest = tokenizer.decode(ids)[shown:]
    if rest:
        yield rest


def stream(
    model: GPT,
    tokenizer: Tokenizer,
    prompt: Sequence[int],
    max_new_tokens: int,
    choose: Choose = greedy,
    stop: Sequence[str] = (),
    generator: torch.Generator | None = None,
    adjust: Adjust | None = None,
) -> Iterator[str]:
    """What the model writes after the ids of a prompt, piece by piece, up to its <eos>, a stop string, or the end of
    the context. When the reader stops asking for pieces, the model stops writing.
    """
    row = torch.tensor([list(prompt)], device=model.device)
    columns = new_tokens(
        model, row, max_new_tokens, choose, stop_id=tokenizer.eos_id, generator=generator, adjust=adjust
    )
    yield from text_pieces(tokenizer, prompt, (int(column) for column in columns), stop)
