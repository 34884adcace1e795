"""Requests that share the rows of a batch go on as each would alone, and the rows are filled as planned."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import generate
from llmcourse.inference.continuous import serve
from llmcourse.inference.timeline import Stay, continuous_stays, static_stays, steps_of, utilization
from llmcourse.model import GPT

prompts_of = st.lists(st.lists(st.integers(0, 22), min_size=1, max_size=16), min_size=1, max_size=7)


def alone(model: GPT, prompt: list[int], stop_id: int, most: int) -> list[int]:
    return generate(model, torch.tensor([prompt]), most, stop_id=stop_id)[0, len(prompt) :].tolist()


@settings(max_examples=15)
@given(
    prompts=prompts_of,
    n_slots=st.integers(1, 4),
    stop_id=st.integers(0, 22),
    positions=st.sampled_from(["rotary", "alibi"]),
)
def test_each_text_is_the_one_it_would_be_alone(
    make_model: Callable[..., GPT], prompts: list[list[int]], n_slots: int, stop_id: int, positions: str
) -> None:
    model = make_model(positions=positions)
    served = serve(model, prompts, n_slots, stop_id)
    assert served.written == [alone(model, prompt, stop_id, 16) for prompt in prompts]
    lengths = [len(written) for written in served.written if written]
    assert sorted(stay.end - stay.start for stay in served.stays) == sorted(lengths)
    assert steps_of(served.stays) == served.steps


def test_slots_are_taken_as_the_timeline_says(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    prompts = [[1, n] for n in range(9)]
    served = serve(model, prompts, 3, stop_id=5)
    planned = continuous_stays([len(written) for written in served.written], 3)
    assert sorted(served.stays) == sorted(planned)


def test_what_cannot_be_served(make_model: Callable[..., GPT]) -> None:
    with pytest.raises(CourseError, match="relative positions, not 'learned'"):
        serve(make_model(positions="learned"), [[1]], 2, stop_id=2)
    with pytest.raises(CourseError, match="17 tokens"):
        serve(make_model(), [[1], [1] * 17], 2, stop_id=2)
    with pytest.raises(CourseError, match="empty"):
        serve(make_model(), [[]], 2, stop_id=2)
    with pytest.raises(CourseError, match="n_slots=0"):
        serve(make_model(), [[1]], 0, stop_id=2)
    assert serve(make_model(), [], 2, stop_id=2).written == []
    assert serve(make_model(), [[1] * 16, [1]], 2, stop_id=-1, max_new_tokens=1).written[0] == []
    assert serve(make_model(), [[1]], 2, stop_id=2, max_new_tokens=0).written == [[]]


def test_two_slots_by_hand() -> None:
    assert static_stays([3, 1, 2], 2) == [Stay(0, 0, 0, 3), Stay(1, 1, 0, 1), Stay(2, 0, 3, 5)]
    assert continuous_stays([3, 1, 2], 2) == [Stay(0, 0, 0, 3), Stay(1, 1, 0, 1), Stay(2, 1, 1, 3)]
    assert utilization(static_stays([3, 1, 2], 2), 2) == 6 / 10
    assert utilization(continuous_stays([3, 1, 2], 2), 2) == 1.0
    assert utilization([], 2) == 0.0
    with pytest.raises(CourseError, match="cannot take -1 steps"):
        static_stays([-1], 1)


@given(lengths=st.lists(st.integers(0, 30), max_size=30), n_slots=st.integers(1, 6))
def test_waiting_for_nobody_never_takes_longer(lengths: list[int], n_slots: int) -> None:
    continuous, static = continuous_stays(lengths, n_slots), static_stays(lengths, n_slots)
    assert steps_of(continuous) <= steps_of(static)
    assert steps_of(continuous) >= max([*lengths, -(-sum(lengths) // n_slots)])
    for stays in (continuous, static):
        assert sorted(stay.text for stay in stays) == list(range(len(lengths)))
        for a in stays:
            assert not any(a.slot == b.slot and a.start < b.end and b.start < a.end for b in stays if b is not a)
