"""Soft targets: their gradient, their limits, PyTorch's own KL, and a run through the loop."""

import math
import random

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import World, load
from llmcourse.corpus.world import NotAStory
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches, TrainConfig, train
from llmcourse.training.distillation import (
    Distillation,
    distillation_loss,
    gap_closed,
    model_teacher,
    soft_target_loss,
    world_teacher,
)
from llmcourse.training.loss import IGNORE, causal_lm_loss

TOKENIZER = load("world").tokenizer()
STORIES = [World().story(seed).text for seed in range(6)]


def small_gpt(seed: int = 0, d_model: int = 16) -> GPT:
    return GPT(ModelConfig(TOKENIZER.vocab_size, d_model=d_model, n_layers=1, n_heads=2)).initialize(seed)


def logits(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@given(temperature=st.floats(0.2, 10), seed=st.integers(0, 99), vocab=st.integers(2, 9))
def test_it_is_the_librarys_kl_times_the_temperature_squared(temperature: float, seed: int, vocab: int) -> None:
    ours, theirs = logits(4, vocab, seed=seed).double(), logits(4, vocab, seed=seed + 1).double()
    expected = temperature**2 * F.kl_div(
        (ours / temperature).log_softmax(-1), (theirs / temperature).softmax(-1), reduction="batchmean"
    )
    torch.testing.assert_close(soft_target_loss(ours, theirs, temperature), expected, rtol=1e-6, atol=1e-9)
    assert soft_target_loss(ours, theirs, temperature) >= -1e-9
    assert abs(soft_target_loss(ours, ours + 3, temperature)) < 1e-9  # logits mean the same with a constant added


@given(seed=st.integers(0, 50))
@settings(deadline=None)
def test_at_high_temperature_it_matches_centred_logits_and_its_gradient_stays(seed: int) -> None:
    ours, theirs = logits(1, 6, seed=seed).double().requires_grad_(), logits(1, 6, seed=seed + 1).double()
    centred = (ours - ours.mean()) - (theirs - theirs.mean())
    limit = centred.square().mean() / 2
    torch.testing.assert_close(soft_target_loss(ours, theirs, 1e3), limit, rtol=1e-2, atol=1e-4)
    (gradient,) = torch.autograd.grad(soft_target_loss(ours, theirs, 1e3), ours)
    torch.testing.assert_close(gradient, (centred / 6).detach(), rtol=2e-2, atol=1e-3)


def test_with_a_teacher_who_is_certain_it_is_the_usual_loss() -> None:
    said, targets = logits(2, 3, 5), torch.tensor([[0, 4, IGNORE], [2, IGNORE, IGNORE]])
    certain = 60 * F.one_hot(targets.clamp(min=0), 5).float()
    expected = causal_lm_loss(said, targets)
    torch.testing.assert_close(distillation_loss(said, certain, targets), expected)
    torch.testing.assert_close(distillation_loss(said, logits(2, 3, 5, seed=9), targets, 3, alpha=0), expected)


def test_the_gradient_of_soft_targets_is_the_mean_over_texts() -> None:
    """At T = 1 the soft target's gradient is what one-hot targets drawn from the teacher give on average."""
    said, theirs = logits(1, 1, 4).requires_grad_(), logits(1, 1, 4, seed=1)
    (soft,) = torch.autograd.grad(soft_target_loss(said, theirs), said)
    mean = torch.zeros(1, 1, 4)
    for word, p in enumerate(theirs[0, 0].softmax(-1).tolist()):
        (hard,) = torch.autograd.grad(causal_lm_loss(said, torch.tensor([[word]])), said)
        mean += p * hard
    torch.testing.assert_close(soft, mean)


def test_what_cannot_be() -> None:
    said, targets = logits(1, 2, 5), torch.tensor([[0, 1]])
    with pytest.raises(CourseError, match="temperature=0"):
        distillation_loss(said, said, targets, temperature=0)
    with pytest.raises(CourseError, match="alpha=2"):
        distillation_loss(said, said, targets, alpha=2)
    with pytest.raises(CourseError, match="one vocabulary"):
        distillation_loss(said, logits(1, 2, 6), targets)


def test_the_worlds_own_distributions() -> None:
    world = World()
    row = TOKENIZER.encode(STORIES[0], bos=True, eos=True)
    said = world_teacher(world, TOKENIZER)(row[:-1])
    assert said.shape == (len(row) - 1, TOKENIZER.vocab_size)
    log_probs = said.log_softmax(-1)[range(len(row) - 1), row[1:]]
    assert log_probs.tolist() == pytest.approx([*world.token_log_probs(STORIES[0]), 0.0], abs=1e-4)
    with pytest.raises(NotAStory):
        world_teacher(world, TOKENIZER)(TOKENIZER.encode("Mia baker", bos=True))


def test_the_teacher_reads_each_text_once() -> None:
    calls = []
    teacher = model_teacher(small_gpt(1))

    def counting(row: list[int]) -> torch.Tensor:
        calls.append(row)
        return teacher(row)

    objective = Distillation(counting, TOKENIZER)
    rows = [TOKENIZER.encode(story, bos=True, eos=True) for story in STORIES[:3]]
    batch = objective(rows, random.Random(0))
    again = objective.changed(temperature=2, alpha=0.5)(rows, random.Random(1))
    assert len(calls) == 3
    assert torch.equal(batch.teacher, again.teacher) and (again.temperature, again.alpha) == (2, 0.5)
    with torch.no_grad():
        torch.testing.assert_close(
            batch.teacher[batch.targets != IGNORE], small_gpt(1)(batch.ids)[batch.targets != IGNORE]
        )
    part = again.rows(1, 2).to(torch.device("cpu"))
    assert len(part.ids) == len(part.teacher) == 1 and part.temperature == 2


def test_the_loop_trains_a_student_that_comes_near_its_teacher() -> None:
    teacher, student = small_gpt(1), small_gpt(2)
    with torch.no_grad():
        teacher.unembedding.weight.mul_(8)  # a teacher with opinions
    objective = Distillation(model_teacher(teacher), TOKENIZER)
    batches = Batches(STORIES, TOKENIZER, 128, 3, objective=objective)
    history = train(student, batches, TrainConfig(steps=25, lr=1e-2))
    assert history.losses[-1] < 0.7 * history.losses[0]
    halves = train(small_gpt(2), Batches(STORIES, TOKENIZER, 128, 3, objective=objective),
                   TrainConfig(steps=3, lr=1e-2, accumulate=3))  # fmt: skip
    whole = train(small_gpt(2), Batches(STORIES, TOKENIZER, 128, 3, objective=objective), TrainConfig(steps=3, lr=1e-2))
    assert halves.losses == pytest.approx(whole.losses, rel=1e-4)
    assert all(math.isfinite(loss) for loss in history.losses)


def test_the_gap() -> None:
    assert gap_closed(1.0, 0.75, 0.5) == 0.5
    assert gap_closed(1.0, 1.2, 0.5) < 0
    with pytest.raises(CourseError, match="no gap"):
        gap_closed(0.5, 0.4, 0.5)
