from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.tokenizers import BPETokenizer
from llmcourse.errors import CourseError
from llmcourse.inference import cut_at_stop, sample_text, stream_text, text_pieces
from llmcourse.model import GPT, ModelConfig

BYTES = BPETokenizer([])
WORDS = WordTokenizer.for_world(World())
stops = st.lists(st.sampled_from(["b", "ab", "é", "🙂!", "\n\n", " W"]), max_size=2)


@given(text=st.text(alphabet="ab é🙂!\nW\ufffd", max_size=12), stop=stops)
def test_pieces_are_whole_characters_and_make_up_the_text(text: str, stop: list[str]) -> None:
    pieces = list(text_pieces(BYTES, [], BYTES.encode(text), stop))
    assert "".join(pieces) == cut_at_stop(text, stop)[0]
    assert all(pieces)
    if "\ufffd" not in text:
        assert "\ufffd" not in "".join(pieces)


def test_a_character_comes_when_it_is_whole() -> None:
    seen, asked = [], []

    def one_by_one():
        for id in BYTES.encode("aé"):
            asked.append(id)
            yield id

    for piece in text_pieces(BYTES, [], one_by_one()):
        seen.append((piece, len(asked)))
    assert seen == [("a", 1), ("é", 3)]


@given(seed=st.integers(0, 999), n=st.integers(0, 20))
def test_bytes_that_are_no_text_come_in_the_end(seed: int, n: int) -> None:
    first = len(BYTES.vocabulary) - 256
    ids = (first + torch.randint(0, 256, (n,), generator=torch.Generator().manual_seed(seed))).tolist()
    assert "".join(text_pieces(BYTES, [], ids)) == BYTES.decode(ids)


def test_a_stop_string_in_the_prompt_stops_nothing() -> None:
    prompt, new = WORDS.encode("Mia was"), WORDS.encode("sad . Mia was")
    assert "".join(text_pieces(WORDS, prompt, new, ["Mia"])) == " sad. "


@pytest.fixture(scope="module")
def model() -> GPT:
    return GPT(ModelConfig(vocab_size=WORDS.vocab_size, context=24, d_model=16, n_layers=1, n_heads=2)).initialize(1)


@pytest.mark.parametrize("settings", [{"temperature": 0}, {"seed": 3}, {"seed": 3, "min_p": 0.1, "typical_p": 0.9}])
def test_the_stream_is_the_text(model: GPT, settings: dict) -> None:
    whole = sample_text(model, WORDS, "Mia was", **settings)
    pieces = list(stream_text(model, WORDS, "Mia was", **settings))
    assert "".join(pieces) == whole
    assert pieces[0] == "Mia was"
    assert len(pieces) > 3
    word = whole.split()[4]
    stopped = sample_text(model, WORDS, "Mia was", stop=[word], **settings)
    assert stopped == whole[: whole.index(word, len("Mia was"))]


def test_what_is_wrong_shows_before_the_first_piece(model: GPT) -> None:
    for wrong in ({"temperature": -1}, {"top_p": 2}, {"stop": [""]}, {"min_p": 0}):
        with pytest.raises(CourseError):
            stream_text(model, WORDS, "Mia", **wrong)


def test_a_prompt_that_fills_the_context(model: GPT) -> None:
    full = " ".join(["Mia"] * 23)  # and <bos>
    assert sample_text(model, WORDS, full, seed=0) == full
    with pytest.raises(CourseError, match="the prompt has 25 tokens"):
        sample_text(model, WORDS, full + " Mia")


def test_whoever_stops_asking_stops_the_model(model: GPT, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    forward: Callable = GPT.forward
    monkeypatch.setattr(GPT, "forward", lambda *a, **k: calls.append(1) or forward(*a, **k))
    pieces = stream_text(model.train(), WORDS, "Mia", seed=0)
    next(pieces)
    assert not calls
    next(pieces)
    assert len(calls) == 1
    assert model.training  # between two tokens the model is as it was
