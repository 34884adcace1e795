import math
import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.model import EncoderDecoder, ModelConfig, padding_mask
from llmcourse.training import Batch, TrainConfig, causal_lm_loss, train
from llmcourse.training.distributed import Team
from llmcourse.training.gradients import autocast, backward, compiled, determinism, in_parts


def gradients(model, batch, **settings) -> tuple[float, list[torch.Tensor]]:
    model.zero_grad()
    loss = backward(model, batch, TrainConfig(steps=1, **settings), Team())
    return loss.item(), [p.grad.clone() for p in model.parameters()]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("parts", [1, 2, 3, 8, 12])
def test_parts_give_the_gradient_of_the_whole_batch(make_model, make_batches, parts, seed):
    """Rows differ in length: a mean of the parts' means would be another number."""
    model, batch = make_model(seed=seed), next(make_batches(seed=seed))
    model.zero_grad()
    expected = causal_lm_loss(model(batch.ids), batch.targets)
    expected.backward()
    wanted = [p.grad.clone() for p in model.parameters()]
    loss, found = gradients(model, batch, accumulate=parts)
    assert loss == pytest.approx(expected.item(), abs=1e-6)
    for mine, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, other, atol=1e-6, rtol=1e-5)


def test_a_run_with_accumulation_has_the_losses_of_the_one_without(make_model, make_batches):
    plain = train(make_model(), make_batches(), TrainConfig(steps=12))
    in_four = train(make_model(), make_batches(), TrainConfig(steps=12, accumulate=4))
    assert in_four.losses == pytest.approx(plain.losses, abs=1e-5)
    assert in_four.tokens == plain.tokens


def test_an_encoder_decoder_learns_in_the_same_loop(tokenizer):
    config = ModelConfig(tokenizer.vocab_size, context=16, d_model=16, n_layers=1, n_heads=2)
    model = EncoderDecoder(config).initialize(0)
    source, ids = torch.randint(3, 13, (4, 7)), torch.randint(3, 13, (4, 5))
    source[0, 4:] = 0
    batch = Batch(ids, ids.roll(-1, 1), source=source, source_mask=padding_mask(source))
    expected = causal_lm_loss(model(source, ids, padding_mask(source)), batch.targets).item()
    assert gradients(model, batch, accumulate=3)[0] == pytest.approx(expected, abs=1e-5)


@given(rows=st.integers(1, 9), count=st.integers(1, 12))
def test_parts_have_every_row_once(rows, count):
    batch = Batch(torch.arange(rows)[:, None], torch.arange(rows)[:, None])
    parts = list(in_parts(batch, count))
    assert len(parts) == min(rows, count)
    assert torch.equal(torch.cat([part.ids for part in parts]), batch.ids)
    assert max(len(p.ids) for p in parts) - min(len(p.ids) for p in parts) <= 1


def test_bfloat16_changes_the_products_and_not_the_weights(make_model, make_batches):
    model, batch = make_model(), next(make_batches())
    exact, coarse = gradients(model, batch)[0], gradients(model, batch, precision="bfloat16")[0]
    assert coarse != exact
    assert coarse == pytest.approx(exact, rel=0.02)
    assert all(p.dtype == p.grad.dtype == torch.float32 for p in model.parameters())
    with autocast(torch.device("cpu"), "bfloat16"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
    with autocast(torch.device("cpu"), "float32"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


def test_bfloat16_learns_nearly_as_well(make_model, make_batches):
    losses = {
        precision: train(make_model(), make_batches(), TrainConfig(steps=60, lr=0.01, precision=precision)).losses
        for precision in ("float32", "bfloat16")
    }
    ends = {precision: sum(values[-10:]) / 10 for precision, values in losses.items()}
    assert ends["bfloat16"] == pytest.approx(ends["float32"], abs=0.1)
    assert ends["bfloat16"] < losses["bfloat16"][0] / 2


def test_without_a_compiler_training_goes_on_with_a_word(make_model, make_batches, monkeypatch):
    def broken(model, **options):
        def call(*inputs, **more):
            raise RuntimeError("no C++ compiler here\nand a long story")

        return call

    monkeypatch.setattr(torch, "compile", broken)
    with pytest.warns(
        UserWarning, match=r"torch\.compile does not work here \(no C\+\+ compiler here\): training goes"
    ):
        history = train(make_model(), make_batches(), TrainConfig(steps=3, compile=True))
    assert history.losses == train(make_model(), make_batches(), TrainConfig(steps=3)).losses


def test_a_compiled_model_is_the_one_that_is_called(make_model, make_batches, monkeypatch):
    calls = []

    class Compiled(torch.nn.Module):
        def __init__(self, model, **options):
            super().__init__()
            self.model = model

        def forward(self, *inputs, **more):
            calls.append(1)
            return self.model(*inputs, **more)

    monkeypatch.setattr(torch, "compile", Compiled)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(make_model(), make_batches(), TrainConfig(steps=3, compile=True))
    assert len(calls) == 4  # once to compile it


def test_compiling_takes_no_batch_away(make_model, make_batches, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda model, **options: model)
    batches = make_batches()
    first = batches.peek()
    compiled(make_model(), first)
    assert torch.equal(next(batches).ids, first.ids)


def test_determinism_lasts_as_long_as_the_block():
    with determinism(True):
        assert torch.are_deterministic_algorithms_enabled()
    assert not torch.are_deterministic_algorithms_enabled()
    with determinism(False):
        assert not torch.are_deterministic_algorithms_enabled()


def test_a_deterministic_run_is_the_same_run(make_model, make_batches):
    plain = train(make_model(), make_batches(), TrainConfig(steps=3))
    assert train(make_model(), make_batches(), TrainConfig(steps=3, deterministic=True)).losses == plain.losses
    assert math.isfinite(plain.losses[0])
