"""Sizes and gradients by depth, against a computation by another way."""

import torch
import torch.nn.functional as F

from llmcourse.analysis.depth import gradient_norms, stream_sizes
from llmcourse.model import GPT, ModelConfig

IDS = torch.randint(0, 11, (2, 6), generator=torch.Generator().manual_seed(0))


def model(**settings: object) -> GPT:
    return GPT(ModelConfig(vocab_size=11, d_model=16, n_layers=3, **settings)).initialize(seed=0)  # type: ignore[arg-type]


def test_sizes() -> None:
    gpt = model()
    x = gpt.token_embedding(IDS)
    expected = [x.square().mean().sqrt().item()]
    for block in gpt.blocks:
        x = block(x)
        expected.append(x.square().mean().sqrt().item())
    torch.testing.assert_close(torch.tensor(stream_sizes(gpt, IDS)), torch.tensor(expected))


def test_after_post_norm_the_size_is_1() -> None:
    sizes = torch.tensor(stream_sizes(model(norm_position="post"), IDS))
    torch.testing.assert_close(sizes[1:], torch.ones(3), atol=1e-3, rtol=0)


def test_gradients_are_those_of_the_loss_and_are_forgotten() -> None:
    gpt = model()
    norms = gradient_norms(gpt, IDS)
    assert all(parameter.grad is None for parameter in gpt.parameters())
    matrices = [p for p in gpt.blocks[1].parameters() if p.ndim == 2]
    loss = F.cross_entropy(gpt(IDS)[:, :-1].transpose(1, 2), IDS[:, 1:])
    squares = [gradient.square().sum() for gradient in torch.autograd.grad(loss, matrices)]
    torch.testing.assert_close(torch.tensor(norms[1]), torch.stack(squares).sum().sqrt())
