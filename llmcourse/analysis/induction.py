"""Is there a head that copies? Measured on random tokens that are said twice, where nothing else can help.

In a real text a head may look at what followed an earlier "Mia" for many reasons. In a row of random tokens that is
repeated there is one reason only. The truth is known as well: nobody can foresee the first round, which costs ln V on
average, and whoever copies loses nothing in the second.

Olsson et al. (2022), In-context Learning and Induction Heads.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.analysis.heads import share_along_links
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, ModelConfig, record


def repeated(
    tokens: Sequence[int], length: int, batch: int, generator: torch.Generator
) -> Int[Tensor, "batch twice_the_length"]:
    """Rows of `length` different tokens, drawn at random from `tokens`, each row said twice.

    Raises CourseError when there are not so many tokens.
    """
    if not 0 < length <= len(tokens):
        raise CourseError(f"cannot draw {length} different tokens from {len(tokens)}")
    chosen = torch.rand(batch, len(tokens), generator=generator).argsort(dim=-1)[:, :length]
    return torch.tensor(tokens)[chosen].repeat(1, 2)


@torch.no_grad()
def repeat_scores(
    model: GPT, ids: Int[Tensor, "batch position"], start: int = 0
) -> dict[str, Float[Tensor, "layer head"]]:
    """Each head's share of attention along the links of a repeated row, from tokens of the second round.

    "induction": to what followed the same token in the first round; "same token": to that token itself; "previous
    token": to the token before. `start`: how many tokens stand before the first round, such as 1 for `<bos>`.
    """
    length = (ids.shape[1] - start) // 2
    second = range(start + length, start + 2 * length)
    patterns = {
        "induction": {q: [q - length + 1] for q in second},
        "same token": {q: [q - length] for q in second},
        "previous token": {q: [q - 1] for q in second},
    }
    with evaluating(model), record(model, "blocks.*.attention.weights") as trace:
        model(ids)
    weights = torch.cat([trace[name].mean(dim=0) for name in trace.names]).float().cpu()  # layer·head query key
    shape = (model.config.n_layers, model.config.n_heads)
    return {name: share_along_links(weights, links).view(shape) for name, links in patterns.items()}


@torch.no_grad()
def repeat_losses(model: GPT, ids: Int[Tensor, "batch position"], start: int = 0) -> tuple[float, float]:
    """The model's loss in nats per token in the first round and in the second, from its second token on."""
    length = (ids.shape[1] - start) // 2
    with evaluating(model):
        logits = model(ids).float()
    losses = F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view(len(ids), -1)
    end = start + length - 1  # losses[:, i] is that of token i + 1
    return losses[:, max(0, start - 1) : end].mean().item(), losses[:, end + 1 :].mean().item()


def train_on_repeats(
    n_layers: int, n_heads: int, n_tokens: int = 32, steps: int = 300, seed: int = 0
) -> tuple[GPT, list[float]]:
    """A small model that sees nothing but rows of 6 to 15 random tokens said twice, and its loss on the second rounds.

    Queries and keys are normalized, and heads begin as faint copiers: without that it needs many times as long.
    """
    config = ModelConfig(
        vocab_size=n_tokens,
        context=64,
        d_model=48,
        n_layers=n_layers,
        n_heads=n_heads,
        d_ff=48,
        qk_norm=True,
        copy_init=True,
    )
    model = GPT(config).initialize(seed)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.004)
    losses = []
    for _ in range(steps):
        length = int(torch.randint(6, 16, (), generator=generator))
        ids = repeated(range(n_tokens), length, 32, generator)
        logits = model(ids)[:, length:-1]
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, length + 1 :].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model.eval(), losses
