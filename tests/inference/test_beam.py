"""Beam search against an exhaustive search, against greedy, and against the transformers library."""

import itertools
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import NextLogits, beam_search, expand_beams, generate
from llmcourse.model import GPT


def random_model(seed: int, vocab: int = 4) -> Callable[[torch.Tensor], torch.Tensor]:
    """Logits that depend on the last two tokens."""
    rows = 2 * torch.randn(vocab, vocab, vocab, generator=torch.Generator().manual_seed(seed))
    return lambda ids: rows[ids[:, -2] if ids.shape[1] > 1 else ids[:, -1], ids[:, -1]]


def all_texts(next_logits: Callable, prompt: list[int], most: int, stop_id: int, alpha: float) -> dict[tuple, float]:
    """The score of every text there is."""
    scores: dict[tuple, float] = {}
    vocab = next_logits(torch.tensor([prompt])).shape[1]
    for length in range(1, most + 1):
        for added in itertools.product(range(vocab), repeat=length):
            ends = added[-1] == stop_id or length == most
            if not ends or stop_id in added[:-1]:
                continue
            total = 0.0
            for place, id in enumerate(added):
                logits = next_logits(torch.tensor([[*prompt, *added[:place]]]))[0]
                total += logits.log_softmax(-1)[id].item()
            scores[(*prompt, *added)] = total / length**alpha
    return scores


@pytest.mark.parametrize("alpha", [0.0, 1.0, 2.0, -0.5])
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_that_is_wide_enough_finds_the_best(seed: int, alpha: float) -> None:
    model = random_model(seed)
    best = all_texts(model, [1], 4, 0, alpha)
    found = beam_search(model, [1], width=300, max_new_tokens=4, stop_id=0, length_penalty=alpha)
    assert tuple(found[0].ids) == max(best, key=lambda text: best[text])
    assert len(found) == min(300, len(best))
    for one in found:
        assert one.score == pytest.approx(best[tuple(one.ids)], abs=1e-4)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_width_of_one_is_greedy(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    ids = torch.tensor([[3, 5]])
    (found,) = beam_search(NextLogits(model), [3, 5], 1, 8, stop_id=2)
    assert found.ids == generate(model, ids, 8, stop_id=2)[0].tolist()


def test_the_fork(make_model: Callable[..., GPT]) -> None:
    table = torch.tensor([[1, 0, 0, 0], [0, 0, 0.6, 0.4], [0.3, 0, 0.35, 0.35], [0.9, 0, 0.05, 0.05]]).log()
    best = [beam_search(lambda ids: table[ids[:, -1]], [1], width, 5, 0, 0.0)[0].ids for width in (1, 2)]
    assert best[1] == [1, 3, 0]
    assert best[0][1] == 2


@settings(max_examples=30)
@given(seed=st.integers(0, 999), beams=st.integers(1, 3), n=st.integers(1, 12))
def test_a_step_takes_the_best_of_all_ways(seed: int, beams: int, n: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randint(-6, 0, (beams,), generator=generator) / 2  # halves: ties are frequent
    log_probs = torch.randint(-6, 0, (beams, 4), generator=generator) / 2
    ways = [(-(scores[b] + log_probs[b, t]).item(), b, t) for b in range(beams) for t in range(4)]
    expected = sorted(ways)[:n]
    totals, parents, tokens = expand_beams(scores, log_probs, n)
    assert [(-s, b, t) for s, b, t in zip(totals.tolist(), parents.tolist(), tokens.tolist(), strict=True)] == expected


def test_bad_input() -> None:
    model = random_model(0)
    with pytest.raises(CourseError, match="width=0 must be 1 or more"):
        beam_search(model, [1], 0, 5)
    with pytest.raises(CourseError, match="the prompt is empty"):
        beam_search(model, [], 2, 5)
    with pytest.raises(CourseError, match="no token left to go on with"):
        beam_search(lambda ids: torch.full((len(ids), 4), -torch.inf), [1], 2, 5)
    (alone,) = beam_search(model, [1, 2], 3, max_new_tokens=0)
    assert alone.ids == [1, 2]
    assert len(beam_search(model, [1], width=99, max_new_tokens=1)) == 4  # wider than there are texts


@pytest.fixture(scope="module")
def gpt2():
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.GPT2Config(vocab_size=12, n_positions=32, n_embd=16, n_layer=2, n_head=2)
    model = transformers.GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        model.lm_head.weight.copy_(torch.randn(12, 16) * 0.6)
    return model


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0, 2.0, -1.0])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_the_transformers_library_finds_the_same(gpt2, width: int, alpha: float) -> None:
    def next_logits(ids: torch.Tensor) -> torch.Tensor:
        return gpt2(ids).logits[:, -1]

    for prompt in ([3], [5, 1, 7], [2, 2, 8, 4]):
        ours = beam_search(next_logits, prompt, width, 9, stop_id=0, length_penalty=alpha)
        if width == 1:
            theirs = gpt2.generate(torch.tensor([prompt]), num_beams=1, do_sample=False, max_new_tokens=9,
                                   eos_token_id=0, pad_token_id=0)  # fmt: skip
            assert theirs[0].tolist() == ours[0].ids
            continue
        with torch.no_grad():
            theirs = gpt2.generate(
                torch.tensor([prompt]), num_beams=width, num_return_sequences=width, do_sample=False, max_new_tokens=9,
                length_penalty=alpha, early_stopping="never", eos_token_id=0, pad_token_id=0,
                return_dict_in_generate=True, output_scores=True,
            )  # fmt: skip
        for mine, row, score in zip(ours, theirs.sequences.tolist(), theirs.sequences_scores.tolist(), strict=True):
            filled = mine.ids + [0] * (len(row) - len(mine.ids))
            assert filled[: len(row)] == row
            assert mine.score == pytest.approx(score, abs=1e-4)
