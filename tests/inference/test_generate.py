from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import generate, greedy, sampler
from llmcourse.model import GPT, KVCache

CHOICES = {
    "positions": st.sampled_from(["rotary", "learned", "sinusoidal", "none"]),
    "n_kv_heads": st.sampled_from([None, 2, 1]),
    "norm_position": st.sampled_from(["pre", "post"]),
    "activation": st.sampled_from(["gelu", "swiglu", "relu2"]),
    "qk_norm": st.booleans(),
    "seed": st.integers(0, 3),
}


def prompt(batch: int, n: int) -> torch.Tensor:
    return torch.randint(0, 23, (batch, n), generator=torch.Generator().manual_seed(0))


@settings(max_examples=40)
@given(
    chosen=st.fixed_dictionaries(CHOICES),
    batch=st.integers(1, 3),
    n=st.integers(1, 16),
    stop_id=st.sampled_from([None, 0, 7]),
    draws=st.booleans(),
)
def test_the_cache_changes_nothing(
    make_model: Callable[..., GPT], chosen: dict[str, Any], batch: int, n: int, stop_id: int | None, draws: bool
) -> None:
    model = make_model(**chosen)
    texts = [
        generate(
            model,
            prompt(batch, n),
            max_new_tokens=20,
            choose=sampler(0.8, k=10) if draws else greedy,
            stop_id=stop_id,
            use_cache=use_cache,
            generator=torch.Generator().manual_seed(5) if draws else None,
        )
        for use_cache in (True, False)
    ]
    assert torch.equal(*texts)


@pytest.mark.parametrize("use_cache", [True, False])
def test_each_token_is_the_choice_after_all_before_it(make_model: Callable[..., GPT], use_cache: bool) -> None:
    model = make_model()
    ids = generate(model, prompt(2, 3), max_new_tokens=6, use_cache=use_cache)
    assert ids.shape == (2, 9)
    assert torch.equal(ids[:, :3], prompt(2, 3))
    for end in range(3, 9):
        assert torch.equal(ids[:, end], model(ids[:, :end])[:, -1].argmax(-1))


def test_rows_of_a_batch_are_as_texts_of_their_own(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    together = generate(model, prompt(3, 4), max_new_tokens=8)
    alone = torch.cat([generate(model, row[None], max_new_tokens=8) for row in prompt(3, 4)])
    assert torch.equal(together, alone)


def test_the_end_of_the_context_is_the_end(make_model: Callable[..., GPT]) -> None:
    model = make_model(context=16)
    assert generate(model, prompt(2, 5), max_new_tokens=1000).shape == (2, 16)
    assert torch.equal(generate(model, prompt(2, 16), max_new_tokens=5), prompt(2, 16))
    assert torch.equal(generate(model, prompt(2, 5), max_new_tokens=0), prompt(2, 5))


def scripted(*steps: list[int]) -> Callable[[torch.Tensor], torch.Tensor]:
    """A `choose` that pays no heed to the logits."""
    remaining = iter(steps)
    return lambda logits: torch.tensor(next(remaining))


def test_a_row_ends_with_the_stop_token(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    choose = scripted([4, 2], [5, 6], [2, 7], [8, 9])  # the fourth step is never asked for
    ids = generate(model, torch.tensor([[1], [1]]), max_new_tokens=10, choose=choose, stop_id=2)
    assert ids.tolist() == [[1, 4, 5, 2], [1, 2, 2, 2]]


def test_a_stop_token_in_the_prompt_stops_nothing(make_model: Callable[..., GPT]) -> None:
    ids = generate(make_model(), torch.tensor([[2]]), max_new_tokens=2, choose=scripted([3], [4]), stop_id=2)
    assert ids.tolist() == [[2, 3, 4]]


def test_the_generator_is_handed_on(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    seen = []
    generator = torch.Generator()

    def choose(logits: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        seen.append(generator)
        return greedy(logits)

    generate(model, prompt(1, 1), max_new_tokens=3, choose=choose, generator=generator)
    assert seen == [generator] * 3


def test_prompts_that_do_not_fit(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with pytest.raises(CourseError, match="the prompt has 17 tokens, and the model reads at most 16: shorten it"):
        generate(model, prompt(1, 17), max_new_tokens=1)
    with pytest.raises(CourseError, match="the prompt is empty"):
        generate(model, prompt(1, 0), max_new_tokens=1)
    with pytest.raises(CourseError, match="max_new_tokens=-1 must be 0 or more"):
        generate(model, prompt(1, 1), max_new_tokens=-1)


@pytest.mark.parametrize("growing", [False, True])
def test_a_cache_of_ones_own(make_model: Callable[..., GPT], growing: bool) -> None:
    model = make_model()
    cache = KVCache(model.config, growing)
    assert torch.equal(generate(model, prompt(2, 3), 8, cache=cache), generate(model, prompt(2, 3), 8))
    assert cache.length == 10  # all but the last token, which nobody has read
    with pytest.raises(CourseError, match="holds 10 tokens of another text"):
        generate(model, prompt(2, 3), 8, cache=cache)


def test_no_dropout_no_gradients_and_the_mode_as_before(make_model: Callable[..., GPT]) -> None:
    model = make_model(dropout=0.5).train()
    assert torch.equal(generate(model, prompt(1, 2), 8), generate(model, prompt(1, 2), 8))
    assert model.training

    def broken(logits: torch.Tensor) -> torch.Tensor:
        assert not logits.requires_grad
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        generate(model, prompt(1, 2), 8, choose=broken)
    assert model.training
