"""Does our model compute what another program computes from the same weights? Logits, hidden states, attention, text.

Logits alone can agree by chance or because a mistake has no effect on them yet. So everything on the way is compared
too, and the texts that both write.
"""

import math
import warnings
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from llmcourse.analysis.hub_samples import SAMPLES, random_theirs, write_theirs
from llmcourse.inference.generate import generate
from llmcourse.inference.seq2seq import generate_answer
from llmcourse.model import BERT, GPT, EncoderDecoder, padding_mask, record
from llmcourse.model.hub import model_from_folder


@torch.no_grad()
def largest_differences(ours: Any, theirs: Any, ids: Int[Tensor, "batch position"]) -> dict[str, float]:
    """The largest difference in "logits", "hidden states" and "attention", between a model of this course and one of
    the `transformers` library that gives its attention maps (`attn_implementation="eager"`).

    An encoder-decoder reads `ids` and is given the first half of them to write. Padding is id 0, at the end.
    """
    mask = (ids != 0).long()
    wanted = {"output_hidden_states": True, "output_attentions": True}
    if isinstance(ours, EncoderDecoder):
        answer = ids[:, : max(1, ids.shape[1] // 2)]
        with record(ours, "*") as trace:
            logits = ours(ids, answer, padding_mask(ids))
        their = theirs(ids, attention_mask=mask, decoder_input_ids=answer, **wanted)
        hidden = [(our_states(trace, side), getattr(their, f"{side}_hidden_states")) for side in ("encoder", "decoder")]
        maps = [(our_maps(trace, "encoder_blocks", "attention"), their.encoder_attentions),
                (our_maps(trace, "decoder_blocks", "attention"), their.decoder_attentions),
                (our_maps(trace, "decoder_blocks", "cross_attention"), their.cross_attentions)]  # fmt: skip
    else:
        with record(ours, "*") as trace:
            logits = ours(ids, padding_mask(ids))
        their = theirs(ids, attention_mask=mask, **wanted)
        hidden = [(our_states(trace, ""), their.hidden_states)]
        maps = [(our_maps(trace, "blocks", "attention"), their.attentions)]
    real = mask.bool()  # what stands at padding means nothing, and the two programs need not agree on it
    is_pair = isinstance(ours, EncoderDecoder)
    return {
        "logits": farthest([(logits, their.logits)], None if is_pair else real),
        "hidden states": max(farthest(list(zip(a, b, strict=True)), None if is_pair and i else real)
                             for i, (a, b) in enumerate(hidden)),
        "attention": max(farthest(list(zip(a, b, strict=True)), None if is_pair and i else real, axis=2)
                         for i, (a, b) in enumerate(maps)),
    }  # fmt: skip


def prove(model_type: str, sample: int, folder: str | Path) -> dict[str, float]:
    """Make one of the samples, let the library save it into a folder, load it from there, and compare: the result of
    `largest_differences` on two texts, one of them padded, and "other text", 0 where both write the same."""
    settings = SAMPLES[model_type][sample]
    theirs = random_theirs(model_type, settings, seed=sample)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a pooler, which these files have not
        ours = model_from_folder(write_theirs(folder, theirs))
    ids = torch.randint(1, settings["vocab_size"], (2, 24), generator=torch.Generator().manual_seed(sample))
    padded = ids.clone()
    padded[1, 17:] = 0
    return {**largest_differences(ours, theirs, padded), "other text": float(not same_text(ours, theirs, ids))}


def our_states(trace: Any, side: str) -> list[Tensor]:
    """What flows through the model, as the library lists it: the embeddings, what each layer leaves, and the last of
    them normalized where there is a norm at the end."""
    blocks, norm = (f"{side}_blocks", f"{side}_norm") if side else ("blocks", "final_norm")
    embeddings = f"{side}_embeddings" if side else "embeddings"
    n_layers = sum(name.startswith(f"{blocks}.") and name.endswith("residual_out") for name in trace)
    between = [trace[f"{blocks}.{i}.residual_out"] for i in range(n_layers - 1)]
    return [trace[embeddings], *between, trace[norm]]


def our_maps(trace: Any, blocks: str, part: str) -> list[Tensor]:
    """The attention weights of each layer: batch head query key."""
    return [value for name, value in trace.items() if name.startswith(blocks) and name.endswith(f".{part}.weights")]


def farthest(pairs: list[tuple[Tensor, Tensor]], real: Tensor | None, axis: int = 1) -> float:
    """The largest difference between any two, at real tokens (whose dimension is `axis`)."""
    largest = 0.0
    for ours, theirs in pairs:
        assert ours.shape == theirs.shape, (tuple(ours.shape), tuple(theirs.shape))
        difference = (ours.float() - theirs.float()).abs().movedim(axis, 1)  # batch position …
        found = (difference if real is None else difference[real]).max().item()
        largest = found if math.isnan(found) else max(largest, found)  # NaN is no agreement
        if math.isnan(largest):
            break
    return largest


@torch.no_grad()
def same_text(ours: Any, theirs: Any, ids: Int[Tensor, "batch position"], n: int = 8) -> bool:
    """Whether both write the same `n` tokens after these, always taking the likeliest. A BERT fills in every place."""
    if isinstance(ours, BERT):
        return torch.equal(ours(ids).argmax(-1), theirs(ids).logits.argmax(-1))
    if isinstance(ours, GPT):
        written = theirs.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=n, min_new_tokens=n,
                                  do_sample=False)  # fmt: skip
        return torch.equal(generate(ours, ids, n), written)
    answer = generate_answer(ours, ids, n, start_id=0, stop_id=-1, pad_id=-1)
    written = theirs.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=n, min_new_tokens=n,
                              do_sample=False, decoder_start_token_id=0, use_cache=False)  # fmt: skip
    return torch.equal(answer, written[:, 1:])
