"""Matching inside: which layer belongs to which, the two losses by hand, and a student that learns where to look."""

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import World, load
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, record
from llmcourse.training import Batches, TrainConfig, train
from llmcourse.training.loss import IGNORE
from llmcourse.training.matching import (
    ATTENTION,
    MatchedStudent,
    Matching,
    attention_loss,
    hidden_loss,
    layer_map,
)

TOKENIZER = load("world").tokenizer()
STORIES = [World().story(seed).text for seed in range(6)]


def small_gpt(seed: int = 0, d_model: int = 16, n_layers: int = 1) -> GPT:
    return GPT(ModelConfig(TOKENIZER.vocab_size, d_model=d_model, n_layers=n_layers, n_heads=2)).initialize(seed)


@given(student=st.integers(1, 12), more=st.integers(0, 12))
def test_layers_by_depth(student: int, more: int) -> None:
    layers = layer_map(student, student + more)
    assert layers == sorted(set(layers)) and layers[-1] == student + more - 1  # in order, and the last to the last
    if more == 0:
        assert layers == list(range(student))


def test_layers_that_cannot_be() -> None:
    assert layer_map(2, 4) == [1, 3]
    with pytest.raises(CourseError, match="another of the teacher's 2"):
        layer_map(3, 2)


def test_two_places_by_hand() -> None:
    teacher = torch.tensor([[[[1.0, 0.0], [0.5, 0.5]]]])  # batch head query key
    student = torch.tensor([[[[1.0, 0.0], [0.25, 0.75]]]])
    at_second = 0.5 * torch.log(torch.tensor(0.5 / 0.25)) + 0.5 * torch.log(torch.tensor(0.5 / 0.75))
    both, second = torch.tensor([[True, True]]), torch.tensor([[False, True]])
    torch.testing.assert_close(attention_loss(student, teacher, both), at_second / 2)
    torch.testing.assert_close(attention_loss(student, teacher, second), at_second)
    assert attention_loss(teacher, teacher, both) == 0
    with pytest.raises(CourseError, match="2 heads and the teacher's 1"):
        attention_loss(student.repeat(1, 2, 1, 1), teacher, both)

    held = torch.tensor([[[3.0, 4.0], [0.0, 1.0]]])
    assert hidden_loss(held, held, both) == 0
    assert hidden_loss(torch.zeros_like(held), held, both) == 1  # nothing said: all of it is missed
    torch.testing.assert_close(hidden_loss(held + 1, held, second), torch.tensor(2.0))


def test_a_batch_holds_what_the_teacher_did() -> None:
    teacher = small_gpt(1, n_layers=2)
    objective = Matching(teacher, TOKENIZER, [1], attention=1, hidden=1)
    rows = [TOKENIZER.encode(story, bos=True, eos=True) for story in STORIES[:2]]
    batch = objective(rows, random.Random(0))
    with torch.no_grad(), record(teacher, ATTENTION.format(1)) as trace:
        logits = teacher(batch.ids)
    scored = batch.targets != IGNORE
    torch.testing.assert_close(batch.teacher[scored], logits[scored])
    queries = scored.unsqueeze(1).expand(-1, 2, -1)  # batch head query
    assert batch.attention.shape == (2, 1, 2, *batch.ids.shape[1:], *batch.ids.shape[1:])
    wanted = trace[ATTENTION.format(1)][queries]
    torch.testing.assert_close(batch.attention[:, 0][queries], wanted, atol=1e-3, rtol=1e-3)
    assert len(batch.rows(0, 1).hidden) == 1 and batch.rows(0, 1).hidden_weight == 1


def test_a_student_learns_where_to_look_and_what_to_hold() -> None:
    teacher = small_gpt(1, d_model=24)
    with torch.no_grad():
        teacher.blocks[0].attention.w_q.weight.mul_(6)  # a teacher that looks at something
    for settings in ({"attention": 1}, {"hidden": 1}, {"attention": 1, "hidden": 1}, {}):
        student = MatchedStudent(small_gpt(2), teacher)
        objective = Matching(teacher, TOKENIZER, layer_map(1, 1), alpha=0.5, **settings)
        batches = Batches(STORIES, TOKENIZER, 128, 3, objective=objective)
        history = train(student, batches, TrainConfig(steps=15, lr=1e-2))
        assert history.losses[-1] < history.losses[0]


def test_the_matrices_begin_as_their_seed_says() -> None:
    first, again, other = (MatchedStudent(small_gpt(2), small_gpt(1, d_model=24), seed) for seed in (0, 0, 1))
    assert torch.equal(first.projections[0].weight, again.projections[0].weight)
    assert not torch.equal(first.projections[0].weight, other.projections[0].weight)
