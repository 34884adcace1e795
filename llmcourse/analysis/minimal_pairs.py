"""Minimal pairs: two texts that differ in as little as can be, and in what should come next.

What differs between the runs of a model on the two comes from that one difference, and from nothing else. So the cause
is known before anything is measured. Pairs of stories are in story_pairs.py; here are pairs of random tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.text import join_words
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.inference.inputs import pad_batch
from llmcourse.model import GPT


@dataclass(frozen=True)
class Pairs:
    """A batch of minimal pairs. Rows are as long as the longest; what stands behind `last` is padding that nobody
    sees, since a GPT looks back only."""

    clean: Int[Tensor, "pair position"]
    corrupt: Int[Tensor, "pair position"]
    last: Int[Tensor, " pair"]  # the position whose next token is asked for
    right: Int[Tensor, " pair"]  # the token that follows the clean text
    wrong: Int[Tensor, " pair"]  # the token that follows the corrupt one
    places: Mapping[str, Int[Tensor, " pair"]]  # positions with a name, such as "verb"
    words: tuple[tuple[str, ...], ...]  # the tokens of each clean text, after <bos>

    def __len__(self) -> int:
        return len(self.clean)

    def turned(self) -> "Pairs":
        """The same pairs with clean and corrupt exchanged."""
        return replace(self, clean=self.corrupt, corrupt=self.clean, right=self.wrong, wrong=self.right)


def logit_differences(logits: Float[Tensor, "pair position vocab"], pairs: Pairs) -> Float[Tensor, " pair"]:
    """For each pair the logit of its right token minus that of its wrong one, where the next token is asked for."""
    row = torch.arange(len(pairs), device=logits.device)
    there = logits[row, pairs.last]  # pair vocab
    return there[row, pairs.right] - there[row, pairs.wrong]


@torch.no_grad()
def mean_difference(model: GPT, ids: Int[Tensor, "pair position"], pairs: Pairs) -> float:
    """The mean logit difference of the pairs when the model reads `ids`, which are `pairs.clean` or `pairs.corrupt`."""
    with evaluating(model):
        return logit_differences(model(ids), pairs).mean().item()


def induction_pairs(vocab_size: int, length: int, n: int, seed: int = 0) -> Pairs:
    """Rows of `length` different random tokens, and then one of them again: what followed it comes next.

    In the corrupt row that token has exchanged its place with another one, so that something else followed it; behind
    them nothing has changed. Places: "before" and "copied" (the token's first place, and the one behind it), "other
    before" and "other copied" (the same for the one it was exchanged with), "last". Raises CourseError for rows shorter
    than 4 or longer than the vocabulary.
    """
    if not 4 <= length <= vocab_size:
        raise CourseError(f"rows of {length} different tokens out of {vocab_size}: from 4 up to as many as there are")
    generator = torch.Generator().manual_seed(seed)
    row = torch.arange(n)
    clean = torch.rand(n, vocab_size, generator=generator).argsort(dim=-1)[:, :length]  # pair position
    here, there = 2 * torch.rand(n, length // 2, generator=generator).argsort(dim=-1)[:, :2].T  # never neighbours
    corrupt = clean.clone()
    corrupt[row, here], corrupt[row, there] = clean[row, there], clean[row, here]
    asked = clean[row, here][:, None]
    last = torch.full((n,), length)
    places = {"before": here, "copied": here + 1, "other before": there, "other copied": there + 1, "last": last}
    texts = torch.cat([clean, asked], dim=1)
    return Pairs(
        clean=texts,
        corrupt=torch.cat([corrupt, asked], dim=1),
        last=last,
        right=clean[row, here + 1],
        wrong=clean[row, there + 1],
        places=places,
        words=tuple(tuple(str(token) for token in text) for text in texts.tolist()),
    )


Made = tuple[Sequence[str], Sequence[str], str, str, Mapping[str, int]]


def stacked(tokenizer: Tokenizer, made: Sequence[Made]) -> Pairs:
    """(clean tokens, corrupt tokens, right, wrong, places) of each pair as one batch. Raises CourseError when two
    texts of a pair are not equally long, token by token."""
    if not made:
        raise CourseError("there are no pairs: ask for 1 or more")
    rows = [[tokenizer.encode(join_words(list(text)), bos=True) for text in pair[:2]] for pair in made]
    for clean, corrupt in rows:
        if len(clean) != len(corrupt):
            raise CourseError(
                f"a clean text of {len(clean)} tokens and a corrupt one of {len(corrupt)}: no minimal pair"
            )
    clean_ids, corrupt_ids = (pad_batch(texts, tokenizer.pad_id).ids for texts in zip(*rows, strict=True))
    answers = torch.tensor([[tokenizer.encode(word)[0] for word in pair[2:4]] for pair in made])
    return Pairs(
        clean=clean_ids,
        corrupt=corrupt_ids,
        last=torch.tensor([len(clean) - 1 for clean, _ in rows]),
        right=answers[:, 0],
        wrong=answers[:, 1],
        places={name: torch.tensor([pair[4][name] + 1 for pair in made]) for name in made[0][4]},  # +1: <bos>
        words=tuple(tuple(pair[0]) for pair in made),
    )
