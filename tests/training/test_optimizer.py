import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.training import TrainConfig
from llmcourse.training.optimizer import make_optimizers, set_learning_rate, split_parameters


def names_of(model, parameters) -> set[str]:
    wanted = {id(p) for p in parameters}
    return {name for name, p in model.named_parameters() if id(p) in wanted}


@pytest.mark.parametrize("settings", [{}, {"positions": "learned", "norm": "layernorm", "bias": True, "qk_norm": True}])
def test_norms_biases_and_embeddings_do_not_decay_and_all_matrices_do(make_model, settings):
    model = make_model(**settings)
    matrices, others = (names_of(model, group) for group in split_parameters(model))
    assert matrices | others == {name for name, _ in model.named_parameters()}
    assert not matrices & others
    assert "unembedding.weight" in matrices
    assert "token_embedding.weight" in others
    assert settings == {} or "position_embedding.weight" in others
    for name in others - {"token_embedding.weight", "position_embedding.weight"}:
        assert "norm" in name or name.endswith("bias")
    assert not any("norm" in name or name.endswith("bias") for name in matrices)


def test_a_tied_matrix_is_an_embedding_and_listed_once(make_model):
    model = make_model(tie_embeddings=True)
    matrices, others = split_parameters(model)
    assert id(model.unembedding.weight) in {id(p) for p in others}
    assert len(matrices) + len(others) == len(list(model.parameters()))


def test_frozen_parameters_are_left_out(make_model):
    model = make_model()
    model.unembedding.weight.requires_grad_(False)
    matrices, others = split_parameters(model)
    assert id(model.unembedding.weight) not in {id(p) for p in matrices + others}


def test_only_the_matrices_shrink_when_the_gradient_is_zero(make_model):
    model = make_model()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    (adamw,) = make_optimizers(model, TrainConfig(steps=1, lr=0.1, weight_decay=0.5))
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    adamw.step()
    matrices, _ = split_parameters(model)
    decaying = names_of(model, matrices)
    for name, p in model.named_parameters():
        factor = 1 - 0.1 * 0.5 if name in decaying else 1
        torch.testing.assert_close(p.detach(), before[name] * factor)


def test_muon_takes_the_matrices_of_the_blocks_and_adamw_all_others(make_model):
    model = make_model()
    adamw, muon = make_optimizers(model, TrainConfig(steps=1, optimizer="muon"))
    taken = [names_of(model, [p for group in o.param_groups for p in group["params"]]) for o in (adamw, muon)]
    assert taken[0] | taken[1] == {name for name, _ in model.named_parameters()}
    assert not taken[0] & taken[1]
    assert all(name.startswith("blocks.") for name in taken[1])
    assert {"unembedding.weight", "token_embedding.weight"} <= taken[0]


def test_without_muon_in_pytorch_one_line_says_so(make_model, monkeypatch):
    monkeypatch.delattr(torch.optim, "Muon")
    with pytest.raises(CourseError, match=r"has no Muon: install 2\.9 or newer, or choose optimizer='adamw'"):
        make_optimizers(make_model(), TrainConfig(steps=1, optimizer="muon"))


def test_the_schedule_multiplies_each_groups_own_peak(make_model):
    optimizers = make_optimizers(make_model(), TrainConfig(steps=1, optimizer="muon", lr=0.5, muon_lr=0.25))
    for multiplier in (0.5, 0.1):  # twice: from the peak, not from where the last call left it
        set_learning_rate(optimizers, multiplier)
    assert [{group["lr"] for group in o.param_groups} for o in optimizers] == [{0.5 * 0.1}, {0.25 * 0.1}]


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_with_layer_decay_the_lower_a_layer_the_slower_it_learns(make_model, optimizer):
    model = make_model()
    n_layers = model.config.n_layers
    config = TrainConfig(steps=1, optimizer=optimizer, lr=0.5, muon_lr=0.5, layer_decay=0.5)
    rates = {
        name: group["peak_lr"]
        for o in make_optimizers(model, config)
        for group in o.param_groups
        for name in names_of(model, group["params"])
    }
    assert rates.keys() == {name for name, _ in model.named_parameters()}
    for name, rate in rates.items():
        below_top = 0
        if name.startswith("blocks."):
            below_top = n_layers - int(name.split(".")[1])
        elif name.startswith("token_embedding"):
            below_top = n_layers + 1
        assert rate == 0.5 * 0.5**below_top, name


def test_layer_decay_is_the_same_model_inside_another(make_model):
    model = torch.nn.Module()
    model.backbone = make_model()
    model.config = model.backbone.config
    (adamw,) = make_optimizers(model, TrainConfig(steps=1, lr=1.0, layer_decay=0.1))
    rates = {n: g["peak_lr"] for g in adamw.param_groups for n in names_of(model, g["params"])}
    assert rates["backbone.unembedding.weight"] == 1.0
    assert rates["backbone.blocks.0.attention.w_q.weight"] == 0.1**model.config.n_layers


def test_nothing_to_train_is_said_in_one_line(make_model):
    model = make_model().requires_grad_(False)
    with pytest.raises(CourseError, match="every parameter of this model is frozen"):
        make_optimizers(model, TrainConfig(steps=1))
