"""Does cross-attention look at the word that is being translated? In Tolish the answer is known."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.tolish import Translation
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.masks import padding_mask
from llmcourse.model.recording import record

WEIGHTS = "decoder_blocks.*.cross_attention.weights"


def cross_weights(
    model: EncoderDecoder, tokenizer: Tokenizer, pair: Translation
) -> Float[Tensor, "layer head target source"]:
    """Where each head looks in the source just before each word of the target is written."""
    source = torch.tensor([tokenizer.encode(pair.english)], device=model.device)
    ids = torch.tensor([[tokenizer.bos_id, *tokenizer.encode(pair.tolish)[:-1]]], device=model.device)
    with torch.no_grad(), evaluating(model), record(model, WEIGHTS) as trace:
        model(source, ids, padding_mask(source, tokenizer.pad_id))
    return torch.stack([trace[name][0].cpu() for name in trace.names])


def alignment_scores(
    model: EncoderDecoder, tokenizer: Tokenizer, pairs: Sequence[Translation]
) -> Float[Tensor, "layer head"]:
    """For each head, the share of its weight that lies on the very word that is to be translated next; the mean over
    all words of these translations. Raises CourseError when there are none."""
    if not pairs:
        raise CourseError("an alignment is measured on translations, and there are none")
    shares = []
    for pair in pairs:
        weights = cross_weights(model, tokenizer, pair)
        shares.append(weights[:, :, torch.arange(len(pair.alignment)), torch.tensor(pair.alignment)])
    return torch.cat(shares, dim=-1).mean(-1)


def uniform_alignment(pairs: Sequence[Translation]) -> float:
    """The same share of a head that looks at all words of the source alike."""
    shares = [1 / len(pair.source) for pair in pairs for _ in pair.alignment]
    return sum(shares) / len(shares)
