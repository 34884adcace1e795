import pytest

from llmcourse.errors import CourseError
from llmcourse.training import TrainConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": None}, "either steps or seconds"),
        ({"seconds": 5}, "either steps or seconds"),
        ({"steps": 0}, "steps must be at least 1, not 0"),
        ({"steps": None, "seconds": 0}, "seconds must be more than 0"),
        ({"optimizer": "sgd"}, "'adamw' or 'muon'"),
        ({"schedule": "cosine"}, "warmup_cosine"),
        ({"lr": -1}, "lr must not be negative, but is -1"),
        ({"lr": float("nan")}, "lr must not be negative, but is nan"),
        ({"muon_lr": -0.5}, "muon_lr must not be negative"),
        ({"betas": (0.9, 1)}, r"betas must lie between 0 and 1, not \(0.9, 1\)"),
        ({"weight_decay": -0.1}, "weight_decay"),
        ({"clip": 0}, "clip must be more than 0"),
        ({"warmup": 1}, "warmup must lie between 0 and 1"),
        ({"final": 2}, "final must lie between 0 and 1"),
        ({"eval_every": -1}, "eval_every"),
        ({"eval_every": 5, "patience": 0}, "patience must be at least 1, or None, not 0"),
        ({"patience": 3}, "set eval_every too"),
        ({"accumulate": 0}, "accumulate must be at least 1, not 0"),
        ({"precision": "float16"}, "'float32' or 'bfloat16'"),
        ({"engine": "deepspeed"}, "'ddp' or 'fsdp'"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(settings, message):
    with pytest.raises(CourseError, match=message) as caught:
        TrainConfig(**{"steps": 10, **settings})
    assert "\n" not in str(caught.value)


def test_steps_alone_or_seconds_alone_are_enough():
    assert TrainConfig(steps=1).seconds is None
    assert TrainConfig(seconds=0.5).steps is None
