"""The course's optimizers take PyTorch's steps, and refuse what would do harm."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.training.optimizers import SGD, Adam, AdamW, Muon, Optimizer, orthogonalize

STEPS = 25
SETTINGS = [
    pytest.param(SGD, {"lr": 0.1}, id="SGD"),
    pytest.param(SGD, {"lr": 0.1, "momentum": 0.9}, id="momentum"),
    pytest.param(SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, id="Nesterov"),
    pytest.param(SGD, {"lr": 0.1, "weight_decay": 0.1}, id="SGD-decay"),
    pytest.param(Adam, {"lr": 0.01}, id="Adam"),
    pytest.param(Adam, {"lr": 0.01, "betas": (0.8, 0.95), "weight_decay": 0.1}, id="Adam-decay"),
    pytest.param(Adam, {"lr": 0.01, "eps": 0.1}, id="Adam-eps"),
    pytest.param(AdamW, {"lr": 0.01}, id="AdamW"),
    pytest.param(AdamW, {"lr": 0.01, "betas": (0.9, 0.95), "weight_decay": 0.3}, id="AdamW-decay"),
]
MUON = [
    pytest.param({"lr": 0.02}, id="Muon"),
    pytest.param({"lr": 0.02, "weight_decay": 0.0, "momentum": 0.8}, id="Muon-without-decay"),
]
KINDS = {SGD: torch.optim.SGD, Adam: torch.optim.Adam, AdamW: torch.optim.AdamW}


def largest_difference(ours, theirs, shapes, seed=0):
    """Between two optimizers that get the same gradients, in shares of the largest weight. One is missing."""
    generator = torch.Generator().manual_seed(seed)
    mine = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
    other = [tensor.detach().clone().requires_grad_() for tensor in mine]
    a, b, largest = ours(mine), theirs(other), 0.0
    for step in range(STEPS):
        for number, (p, q) in enumerate(zip(mine, other, strict=True)):
            p.grad = None if (step, number) == (0, 1) else 3 * torch.randn(p.shape, generator=generator)
            q.grad = None if p.grad is None else p.grad.clone()
        a.step()
        b.step()
        gaps = ((p - q).abs().max() / q.abs().max().clamp(min=1) for p, q in zip(mine, other, strict=True))
        largest = max(largest, *(gap.item() for gap in gaps))
    return largest


@pytest.mark.parametrize(("kind", "settings"), SETTINGS)
def test_the_steps_are_those_of_pytorch(kind, settings):
    shapes = [(3, 4), (3, 4), (5,), (2, 3, 2), ()]
    gap = largest_difference(lambda p: kind(p, **settings), lambda p: KINDS[kind](p, **settings), shapes)
    assert gap < 1e-6


@pytest.mark.parametrize("settings", MUON)
@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="this PyTorch has no Muon")
def test_muon_is_that_of_pytorch_in_its_own_bfloat16(settings):
    shapes = [(4, 4), (8, 3), (3, 8), (64, 16), (1, 5)]
    gap = largest_difference(lambda p: Muon(p, **settings), lambda p: torch.optim.Muon(p, **settings), shapes)
    assert gap < 1e-6


@settings(max_examples=25)
@given(st.integers(1, 12), st.integers(1, 12), st.floats(-3, 3), st.integers(0, 99))
def test_orthogonalizing_brings_singular_values_near_one_and_keeps_directions(rows, columns, size, seed):
    matrix = 10**size * torch.randn(rows, columns, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    u, s, v = torch.linalg.svd(matrix, full_matrices=False)
    result = orthogonalize(matrix)
    inner = u.mT @ result @ v.mT  # diagonal, if the directions are kept
    torch.testing.assert_close(inner, torch.diag(inner.diagonal()), atol=1e-6, rtol=0)
    strong = inner.diagonal()[s > 0.02 * s[0]]
    assert ((strong > 0.3) & (strong < 1.3)).all()


def test_orthogonalizing_does_not_care_about_size_or_side():
    matrix = torch.randn(4, 7, dtype=torch.float64)
    torch.testing.assert_close(orthogonalize(1e-3 * matrix), orthogonalize(matrix))
    torch.testing.assert_close(orthogonalize(matrix.mT), orthogonalize(matrix).mT)
    assert not orthogonalize(torch.zeros(2, 3)).any()


@given(st.floats(1e-3, 1e3), st.sampled_from([-1.0, 1.0]))
def test_adams_first_step_is_the_sign(size, sign):
    weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    weight.grad = torch.tensor([sign * size], dtype=torch.float64)
    Adam([weight], lr=0.01).step()
    assert weight.item() == pytest.approx(-0.01 * sign, rel=1e-4)


def test_adamw_decays_what_adam_hardly_does():
    moved = {}
    for kind in (Adam, AdamW):
        weight = torch.tensor([1.0], requires_grad=True)
        optimizer = kind([weight], lr=0.01, weight_decay=0.5)
        for step in range(100):
            weight.grad = torch.tensor([100.0 * (-1) ** step])
            optimizer.step()
        moved[kind] = 1 - weight.item()
    assert moved[AdamW] > 5 * moved[Adam]


def test_zero_grad_forgets_and_step_needs_gradients():
    weight = torch.ones(2, requires_grad=True)
    optimizer = SGD([weight], lr=0.1)
    weight.sum().backward()
    optimizer.zero_grad()
    assert weight.grad is None
    with pytest.raises(CourseError, match=r"call loss.backward\(\) before step"):
        optimizer.step()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_gradient_that_is_no_number_moves_nothing(bad):
    good, broken = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    good.grad, broken.grad = torch.ones(2), torch.tensor([1.0, bad, 1.0])
    optimizer = AdamW([good, broken])
    with pytest.raises(CourseError, match=r"parameter 1, shape \(3,\), holds NaN or infinity"):
        optimizer.step()
    assert torch.equal(good, torch.ones(2))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda w: SGD(w, lr=-0.1), "lr must be a number of at least 0, but is -0.1"),
        (lambda w: SGD(w, lr=float("nan")), "lr must be"),
        (lambda w: SGD(w, lr=0.1, momentum=-1), "momentum must be"),
        (lambda w: SGD(w, lr=0.1, nesterov=True), "give momentum more than 0"),
        (lambda w: Adam(w, betas=(0.9, 1.0)), r"betas\[1\] must be at least 0 and below 1"),
        (lambda w: AdamW(w, weight_decay=-1), "weight_decay must be"),
        (lambda w: AdamW(w, eps=-1), "eps must be"),
        (lambda w: Muon(w), r"for matrices, not for shape \(2,\)"),
        (lambda w: Muon([torch.ones(2, 2)], momentum=1.0), "momentum must be"),
        (lambda w: SGD([], lr=0.1), "the list of parameters is empty"),
    ],
)
def test_bad_settings_are_one_clear_line(make, says):
    with pytest.raises(CourseError, match=says) as error:
        make([torch.ones(2, requires_grad=True)])
    assert "\n" not in str(error.value)


def test_an_optimizer_of_no_kind_has_no_rule():
    weight = torch.ones(1, requires_grad=True)
    weight.grad = torch.ones(1)
    with pytest.raises(NotImplementedError):
        Optimizer([weight], lr=0.1).step()
