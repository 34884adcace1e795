import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.training.schedules import SCHEDULES, constant, warmup_cosine, warmup_stable_decay


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
@given(step=st.integers(0, 5000), warmup=st.floats(0, 0.4))
def test_every_schedule_stays_between_zero_and_one(schedule, step, warmup):
    assert 0 <= schedule(step, 5000, warmup=warmup, final=0.1) <= 1


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
@given(step=st.integers(0, 99))
def test_no_schedule_jumps(schedule, step):
    before, after = (schedule(s, 100, warmup=0.1, final=0.1) for s in (step, step + 1))
    assert abs(after - before) <= 0.1 + 1e-9  # the steepest part is the warm-up: ten steps from 0 to 1


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_warm_up_is_a_straight_line_that_reaches_the_peak(schedule):
    assert [schedule(s, 100, warmup=0.1, final=0.1) for s in (0, 5, 10)] == pytest.approx([0, 0.5, 1])


@given(st.floats(0.1, 1e4), st.floats(0, 1))
def test_steps_and_seconds_mean_the_same_when_the_fraction_is_the_same(total, fraction):
    for schedule in SCHEDULES.values():
        assert schedule(fraction * total, total) == pytest.approx(schedule(fraction, 1.0), abs=1e-9)


def test_where_each_schedule_ends():
    assert warmup_cosine(100, 100, warmup=0.1, final=0.1) == pytest.approx(0.1)
    assert warmup_stable_decay(100, 100, warmup=0.1, final=0.02) == pytest.approx(0.02)
    assert constant(100, 100) == 1


def test_the_cosine_is_half_way_down_in_the_middle():
    assert warmup_cosine(55, 100, warmup=0.1, final=0.2) == pytest.approx((1 + 0.2) / 2)


def test_stable_then_straight_down():
    values = [warmup_stable_decay(s, 100, warmup=0.1, final=0.0, stable=0.5) for s in (10, 30, 50, 75, 90)]
    assert values == pytest.approx([1, 1, 1, 0.5, 0.2])


def test_a_run_that_took_too_long_stays_at_the_end_of_its_schedule():
    assert warmup_cosine(130, 100) == pytest.approx(0.1)
    assert warmup_stable_decay(130, 100) == pytest.approx(0.02)


def test_without_warm_up_the_first_step_is_at_the_peak():
    for schedule in SCHEDULES.values():
        assert schedule(0, 100, warmup=0.0) == 1
