"""A short run: the same seed, the same run; a run that comes apart ends, and says so."""

import pytest

from llmcourse.errors import CourseError
from llmcourse.training.optimizers import SGD, AdamW
from llmcourse.training.short_run import short_run


def adamw(model):
    return [AdamW(model.parameters(), lr=0.01)]


def test_the_same_seed_gives_the_same_run_and_it_learns(documents, tokenizer):
    runs = [short_run(adamw, documents, tokenizer, steps=15) for _ in range(2)]
    assert runs[0].losses == runs[1].losses
    assert runs[0].curve[-1][1] < runs[0].curve[0][1] - 0.5
    assert len(runs[0].curve) == 15
    assert not runs[0].came_apart


def test_another_seed_is_another_run(documents, tokenizer):
    a, b = (short_run(adamw, documents, tokenizer, steps=2, seed=seed).losses for seed in (0, 1))
    assert a != b


def test_a_rate_beyond_all_bounds_ends_the_run(documents, tokenizer):
    run = short_run(lambda model: [SGD(model.parameters(), lr=1e4)], documents, tokenizer, steps=30)
    assert run.came_apart
    assert len(run.losses) < 30


def test_schedule_and_clip_are_used(documents, tokenizer):
    still = short_run(adamw, documents, tokenizer, steps=3, schedule=lambda progress: 0.0)
    clipped = short_run(lambda model: [SGD(model.parameters(), lr=1.0)], documents, tokenizer, steps=3, clip=1e-6)
    free = short_run(adamw, documents, tokenizer, steps=3)
    assert still.losses == pytest.approx(clipped.losses, abs=1e-3)
    assert still.losses != pytest.approx(free.losses, abs=1e-3)


def test_no_steps(documents, tokenizer):
    with pytest.raises(CourseError, match="at least 1 step"):
        short_run(adamw, documents, tokenizer, steps=0)
