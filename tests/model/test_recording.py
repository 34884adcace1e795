from collections.abc import Callable

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.model import GPT, NotRecorded, record

IDS = torch.tensor([[1, 5, 2, 7, 7, 3]])

PER_BLOCK = [
    "residual_in",
    "norm1",
    "attention.q",
    "attention.k",
    "attention.v",
    "attention.scores",
    "attention.weights",
    "attention.z",
    "attention.output",
    "residual_mid",
    "norm2",
    "feedforward.pre",
    "feedforward.post",
    "feedforward.output",
    "residual_out",
]


def hooks_in(model: torch.nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in model.modules())


@pytest.mark.parametrize("norm_position", ["pre", "post"])
@pytest.mark.parametrize("activation", ["gelu", "swiglu"])
def test_every_value_has_a_name(make_model: Callable[..., GPT], activation: str, norm_position: str) -> None:
    model = make_model(activation=activation, norm_position=norm_position)
    with record(model) as trace:
        logits = model(IDS)
    blocks = [f"blocks.{layer}.{name}" for layer in range(2) for name in PER_BLOCK]
    expected = ["embeddings", *blocks, "final_norm", "logits"]
    assert set(trace.names) == set(expected)
    if norm_position == "pre":
        assert list(trace.names) == expected  # in the order of computation
    assert torch.equal(trace["logits"], logits)
    assert not trace["logits"].requires_grad


def test_recording_changes_nothing_and_leaves_nothing(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    before = model(IDS)
    with record(model):
        torch.testing.assert_close(model(IDS), before, atol=1e-5, rtol=1e-5)
    assert hooks_in(model) == 0
    assert torch.equal(model(IDS), before)


def test_an_error_inside_leaves_nothing(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with pytest.raises(ZeroDivisionError), record(model):
        1 / 0
    assert hooks_in(model) == 0
    with pytest.raises(NotRecorded), record(model, "embeddings", "nonsense"):
        pass
    assert hooks_in(model) == 0


def test_values_are_what_they_are_called(make_model: Callable[..., GPT]) -> None:
    model = make_model(n_kv_heads=2)
    with record(model) as trace:
        model(IDS)
    attention, at = model.blocks[1].attention, "blocks.1.attention."
    assert trace[at + "q"].shape == (1, 4, 6, 4)
    assert trace[at + "k"].shape == trace[at + "v"].shape == (1, 2, 6, 4)
    weights, v = trace[at + "weights"], trace[at + "v"].repeat_interleave(2, dim=1)
    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 4, 6))
    assert (weights.triu(1) == 0).all()
    torch.testing.assert_close(trace[at + "z"], weights @ v)
    mixed = attention.w_o(trace[at + "z"].transpose(1, 2).flatten(2))
    torch.testing.assert_close(trace[at + "output"], mixed)
    torch.testing.assert_close(trace["blocks.1.residual_mid"], trace["blocks.1.residual_in"] + mixed)
    torch.testing.assert_close(trace["blocks.1.norm1"], model.blocks[1].norm1(trace["blocks.0.residual_out"]))
    torch.testing.assert_close(trace["logits"], model.unembedding(trace["final_norm"]))


def test_patterns_choose(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with record(model, "blocks.*.attention.weights", "embeddings") as trace:
        model(IDS)
    assert set(trace) == {"embeddings", "blocks.0.attention.weights", "blocks.1.attention.weights"}
    with record(model, "blocks.0.attention.w_q", "blocks.1") as trace:  # a full name may be any submodule
        model(IDS)
    assert trace["blocks.0.attention.w_q"].shape == (1, 6, 16)
    assert trace["blocks.1"].shape == (1, 6, 16)


def test_the_explicit_path_is_taken_only_for_scores_and_weights(
    make_model: Callable[..., GPT], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model()
    calls = []
    fused = torch.nn.functional.scaled_dot_product_attention
    monkeypatch.setattr(
        torch.nn.functional, "scaled_dot_product_attention", lambda *a, **k: calls.append(1) or fused(*a, **k)
    )
    with record(model, "*.z", "*.output"):
        model(IDS)
    assert len(calls) == 2
    with record(model, "blocks.0.attention.weights"):
        model(IDS)
    assert len(calls) == 3  # only block 1 took the fast path


def test_an_edit_takes_the_values_place(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    name = "blocks.1.attention.output"
    with record(model, edit={name: lambda x: x * 0}) as trace:
        edited = model(IDS)
    assert trace.names == (name,)
    assert (trace[name] == 0).all()
    torch.nn.init.zeros_(model.blocks[1].attention.w_o.weight)
    torch.testing.assert_close(edited, model(IDS))


def test_an_edit_of_the_weights(make_model: Callable[..., GPT]) -> None:
    """Every token attends to itself alone: then changing an earlier token changes nothing."""
    model = make_model()
    other = IDS.clone()
    other[0, 0] = 9
    to_itself = {"*.weights": lambda weights: torch.eye(6).expand_as(weights)}
    with record(model, "*.z", edit=to_itself):
        torch.testing.assert_close(model(IDS)[:, 1:], model(other)[:, 1:])
    assert not torch.allclose(model(IDS)[:, 1:], model(other)[:, 1:], atol=1e-3)


def test_edits_that_do_not_fit(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with (
        pytest.raises(CourseError, match="the edit of 'embeddings' returned NoneType: it must return a tensor"),
        record(model, edit={"embeddings": lambda x: None}),
    ):
        model(IDS)
    with (
        pytest.raises(CourseError, match=r"the edit of 'embeddings' made \(1, 6\) of \(1, 6, 16\): keep the shape"),
        record(model, edit={"embeddings": lambda x: x[..., 0]}),
    ):
        model(IDS)
    assert hooks_in(model) == 0


def test_gradients_of_inner_values(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with record(model, "embeddings", "*.weights", keep_grad=True) as trace:
        model(IDS)[0, -1, 3].backward()
    gradient = trace["embeddings"].grad
    assert gradient is not None
    # Against a small step in the direction of the gradient.
    step = 1e-3 * gradient / gradient.norm()
    with torch.no_grad(), record(model, edit={"embeddings": lambda x: x + step}):
        higher = model(IDS)[0, -1, 3]
    assert (higher - model(IDS)[0, -1, 3]).item() == pytest.approx(1e-3 * gradient.norm().item(), rel=0.05)
    assert trace["blocks.0.attention.weights"].grad.shape == (1, 4, 6, 6)


def test_names_that_are_not_there(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with record(model, "embeddings") as trace:
        with pytest.raises(KeyError, match="'embeddings' has no value yet: call the model inside"):
            trace["embeddings"]
        model(IDS)
    with pytest.raises(KeyError) as error:
        trace["blocks.0.attention.weight"]
    expected = "there is no value called 'blocks.0.attention.weight'; near to it: blocks.0.attention.weights, "
    assert str(error.value).startswith(expected)
    with pytest.raises(KeyError, match=r"was not recorded: ask for it, record\(model, 'logits'\)"):
        trace["logits"]
    assert "logits" not in trace
    assert trace.get("logits") is None
    with pytest.raises(
        CourseError, match=r"nothing in the model is called 'block\.0\.atention\.wts'; near to it: blocks"
    ):
        record(model, "block.0.atention.wts").__enter__()
    with pytest.raises(CourseError, match="nothing in the model is called 'zzz'"):
        record(model, edit={"zzz": lambda x: x}).__enter__()


def test_a_trace_says_what_it_holds(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with record(model, "embeddings", "logits") as trace:
        model(IDS)
    assert repr(trace) == "Trace of 2 values\n  embeddings  (1, 6, 16)\n  logits  (1, 6, 23)"
