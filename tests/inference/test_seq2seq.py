import inspect
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import UnknownWord, WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.sampling import sampler
from llmcourse.inference.seq2seq import answer_texts, generate_answer, write_answer
from llmcourse.model import EncoderDecoder, ModelConfig

TOKENIZER = WordTokenizer([chr(letter) for letter in range(ord("a"), ord("a") + 20)])


@pytest.fixture(scope="session")
def make_pair() -> Callable[..., EncoderDecoder]:
    def make(seed: int = 0, **settings: Any) -> EncoderDecoder:
        defaults = {"vocab_size": 23, "context": 12, "d_model": 16, "n_layers": 1, "n_heads": 4}
        model = EncoderDecoder(ModelConfig(**{**defaults, **settings}))
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 2:
                    parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
        return model.eval()

    return make


def ragged(seed: int, batch: int = 4, width: int = 9) -> torch.Tensor:
    """Sources of different lengths, filled up."""
    generator = torch.Generator().manual_seed(seed)
    source = torch.randint(3, 23, (batch, width), generator=generator)
    for row, length in enumerate(torch.randint(1, width + 1, (batch,), generator=generator).tolist()):
        source[row, length:] = 0
    return source


@settings(max_examples=12)
@given(
    positions=st.sampled_from(["rotary", "learned", "sinusoidal", "relative", "alibi"]),
    norm_position=st.sampled_from(["pre", "post"]),
    n_kv_heads=st.sampled_from([None, 1]),
    layers=st.integers(1, 2),
    seed=st.integers(0, 5),
    draws=st.booleans(),
)
def test_cache_or_none_batch_or_one_by_one(
    make_pair: Callable[..., EncoderDecoder], layers: int, seed: int, draws: bool, **chosen: Any
) -> None:
    model = make_pair(seed, n_decoder_layers=layers, **chosen)
    source = ragged(seed)
    choose: dict[str, Any] = {"choose": sampler(0.8)} if draws else {}
    answers = [
        generate_answer(model, source, use_cache=use_cache, generator=torch.Generator().manual_seed(3), **choose)
        for use_cache in (True, False)
    ]
    assert torch.equal(*answers)
    if not draws:
        for row, answer in zip(source, answers[0], strict=True):
            alone = row[row != 0][None]
            expected = write_answer(model, alone, most=12)
            written = answer.tolist()
            end = written.index(2) if 2 in written else len(written)
            assert written[:end] == expected
            assert set(written[end + 1 :]) <= {0}
            assert generate_answer(model, alone)[0].tolist() == written[: end + 1]


def scripted(*steps: list[int]) -> Callable[[torch.Tensor], torch.Tensor]:
    remaining = iter(steps)
    return lambda logits: torch.tensor(next(remaining))


def test_each_row_ends_with_its_stop_token(make_pair: Callable[..., EncoderDecoder]) -> None:
    choose = scripted([4, 2], [5, 6], [2, 7], [8, 9])  # the fourth step is never asked for
    ids = generate_answer(make_pair(), ragged(0, batch=2), choose=choose)
    assert ids.tolist() == [[4, 5, 2], [2, 0, 0]]


def test_where_answers_end_at_the_latest(make_pair: Callable[..., EncoderDecoder]) -> None:
    never = {"stop_id": -1}
    assert generate_answer(make_pair(), ragged(0), **never).shape == (4, 12)
    assert generate_answer(make_pair(), ragged(0), max_new_tokens=3, **never).shape == (4, 3)
    assert generate_answer(make_pair(), ragged(0), max_new_tokens=0).shape == (4, 0)
    assert len(write_answer(make_pair(), ragged(0)[:1], stop_id=-1, most=5)) == 5


def test_a_source_of_padding_alone_is_answered_without_nan(make_pair: Callable[..., EncoderDecoder]) -> None:
    answer = generate_answer(make_pair(), torch.zeros(2, 4, dtype=torch.long), max_new_tokens=3, stop_id=-1)
    assert torch.equal(answer[0], answer[1])


def test_bad_input(make_pair: Callable[..., EncoderDecoder]) -> None:
    model = make_pair()
    generate = inspect.unwrap(generate_answer)
    with pytest.raises(CourseError, match=r"source has the shape \(3, 0\): it needs \(batch, position\)"):
        generate(model, torch.zeros(3, 0, dtype=torch.long))
    with pytest.raises(CourseError, match=r"source has the shape \(3,\)"):
        generate(model, torch.ones(3, dtype=torch.long))
    with pytest.raises(CourseError, match="max_new_tokens=-1 must be 0 or more"):
        generate(model, ragged(0), -1)
    with pytest.raises(CourseError, match="13 tokens do not fit"):
        generate(model, torch.ones(1, 13, dtype=torch.long))
    with pytest.raises(CourseError, match="token id 50 is outside"):
        generate(model, torch.full((1, 3), 50))


def test_texts(make_pair: Callable[..., EncoderDecoder]) -> None:
    model = make_pair()
    texts = ["a b c", "d", "e f a b c d"]
    assert answer_texts(model, TOKENIZER, texts) == [answer_texts(model, TOKENIZER, [text])[0] for text in texts]
    assert answer_texts(model, TOKENIZER, []) == []
    with pytest.raises(UnknownWord, match="'zebra'"):
        answer_texts(model, TOKENIZER, ["a zebra"])
    with pytest.raises(CourseError, match="and a token to read"):
        answer_texts(model, TOKENIZER, [""])


def test_dropout_is_off_and_the_mode_as_before(make_pair: Callable[..., EncoderDecoder]) -> None:
    model = make_pair(dropout=0.5).train()
    assert torch.equal(generate_answer(model, ragged(0)), generate_answer(model, ragged(0)))
    assert model.training
