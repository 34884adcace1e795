"""Batches for an encoder-decoder: a text to read, and one to write.

    source    Mia   lost  the  ring  .             what the encoder reads
    ids       <bos> Mia   sol  mirek .             what the decoder has written so far
    targets   Mia   sol   mirek .    <eos>         what it should write next

The decoder is given the right words so far, not its own ("teacher forcing"), so that all positions learn at once.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.masks import padding_mask
from llmcourse.training.batches import Row
from llmcourse.training.loss import IGNORE, causal_lm_loss


class PairBatch(NamedTuple):
    """What one training step of an encoder-decoder reads."""

    source: Int[Tensor, "batch memory"]
    source_mask: Bool[Tensor, "batch 1 memory"]
    ids: Int[Tensor, "batch position"]
    targets: Int[Tensor, "batch position"]

    def rows(self, which: Tensor) -> "PairBatch":
        """Only these rows, in this order."""
        return PairBatch(*(tensor[which] for tensor in self))


def collate_pairs(pairs: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> PairBatch:
    """Pairs of texts (to read, to write) as one batch. Raises CourseError when there are none."""
    if not pairs:
        raise CourseError("there is nothing to learn from: the list of pairs is empty")
    sources = filled_up([tokenizer.encode(source) for source, _ in pairs], tokenizer.pad_id)
    written = filled_up([tokenizer.encode(target, bos=True, eos=True) for _, target in pairs], tokenizer.pad_id)
    ids, targets = written[:, :-1].contiguous(), written[:, 1:].clone()
    targets[targets == tokenizer.pad_id] = IGNORE
    return PairBatch(sources, padding_mask(sources, tokenizer.pad_id), ids, targets)


def filled_up(rows: Sequence[Row], pad_id: int) -> Int[Tensor, "batch position"]:
    """Rows of different lengths as one tensor, the shorter ones filled up at their end."""
    width = max(map(len, rows))
    return torch.tensor([row + [pad_id] * (width - len(row)) for row in rows])


def pair_loss(model: EncoderDecoder, batch: PairBatch) -> Tensor:
    """Mean of -ln p of the right next word, in nats, over all words to be written."""
    return causal_lm_loss(model(batch.source, batch.ids, batch.source_mask), batch.targets)
