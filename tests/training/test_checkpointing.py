"""Checkpointing: the same bits, less kept; PyTorch's own checkpoint agrees."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

from llmcourse.analysis.activation_memory import kept_bytes
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training.checkpointing import checkpointed, checkpointing, recomputed_gradient


def part_and_input():
    torch.manual_seed(0)
    part = nn.Sequential(nn.Linear(6, 20), nn.GELU(), nn.Linear(20, 6), nn.Tanh())
    return part, torch.randn(4, 6)


def gradients(forward, part, x):
    part.zero_grad()
    x = x.clone().requires_grad_()
    forward(part, x).square().sum().backward()
    return [x.grad, *(parameter.grad.clone() for parameter in part.parameters())]


def test_the_same_gradients_as_plain_and_as_pytorchs():
    part, x = part_and_input()
    plain = gradients(lambda part, x: part(x), part, x)
    mine = gradients(checkpointed, part, x)
    theirs = gradients(lambda part, x: checkpoint(part, x, use_reentrant=False), part, x)
    assert all(torch.equal(a, b) and torch.equal(a, c) for a, b, c in zip(plain, mine, theirs, strict=True))


def test_nothing_is_kept_but_the_input():
    part, x = part_and_input()
    x.requires_grad_()
    assert kept_bytes(lambda: checkpointed(part, x), part) == x.nbytes < kept_bytes(lambda: part(x), part)


def test_gradients_are_added():
    part, x = part_and_input()
    first = gradients(checkpointed, part, x)[1:]
    with torch.no_grad():
        recomputed_gradient(part, x, 2 * part(x))
    assert all(
        torch.allclose(parameter.grad, 2 * once, atol=1e-6)
        for parameter, once in zip(part.parameters(), first, strict=True)
    )


@pytest.mark.parametrize("masked", [False, True])
def test_a_gpt_gives_the_same_bits(masked):
    model = GPT(ModelConfig(20, context=12, d_model=16, n_layers=3)).initialize(0)
    ids = torch.arange(24).reshape(2, 12) % 20
    mask = (torch.arange(12) < 10).expand(2, 1, 12) if masked else None

    def gradient():
        model.zero_grad()
        loss = F.cross_entropy(model(ids, mask=mask).flatten(0, 1), ids.flatten())
        loss.backward()
        return [loss.detach(), *(parameter.grad.clone() for parameter in model.parameters())]

    plain = gradient()
    with checkpointing(model):
        again = gradient()
    assert all(torch.equal(a, b) for a, b in zip(plain, again, strict=True))
    assert all("forward" not in vars(block) for block in model.blocks)


def test_dropout_is_refused():
    with pytest.raises(CourseError, match="dropout"), checkpointing(GPT(ModelConfig(20, dropout=0.1))):
        pass
