"""The groups for experts: the truth can be learned by nobody else as cheaply."""

import torch

from llmcourse.analysis.expert_task import GROUPS, WIDTH, GroupTask, dense, experts_by_group, train_on_groups
from llmcourse.model.efficient import Experts


def test_the_same_seed_draws_the_same_groups():
    x, target, group = GroupTask(1).draw(torch.Generator().manual_seed(2))
    again = GroupTask(1).draw(torch.Generator().manual_seed(2))
    assert all(torch.equal(a, b) for a, b in zip((x, target, group), again, strict=True))
    own = x - GroupTask(1).centres[group]
    assert torch.allclose(target[0], GroupTask(1).matrices[group[0]] @ own[0], atol=1e-5)


def test_balanced_experts_beat_a_layer_of_their_active_size():
    torch.manual_seed(0)
    model = Experts(WIDTH, 16, GROUPS)
    error = train_on_groups(model, balance=0.02, steps=200)
    assert error < train_on_groups(dense(16), steps=200)
    table = experts_by_group(model)
    assert torch.allclose(table.sum(dim=1), torch.ones(GROUPS))
    assert table.mean(dim=0).min() > 0.02
