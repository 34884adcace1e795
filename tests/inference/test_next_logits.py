from collections.abc import Callable

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.inference import NextLogits
from llmcourse.model import GPT


def test_the_cache_follows_the_texts(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    following = NextLogits(model)
    for texts in (
        [[3, 5]],
        [[3, 5, 1], [3, 5, 2], [3, 5, 9]],  # one becomes three
        [[3, 5, 9, 4], [3, 5, 1, 4], [3, 5, 9, 0]],  # reordered, one doubled, one dropped
        [[7, 7, 7]],  # something else altogether, and shorter
        [[7, 7, 7, 1]],
    ):
        ids = torch.tensor(texts)
        torch.testing.assert_close(following(ids), model(ids)[:, -1], atol=1e-5, rtol=1e-4)


def test_the_context_is_the_limit(make_model: Callable[..., GPT]) -> None:
    following = NextLogits(make_model(context=16))
    assert following(torch.zeros(1, 16, dtype=torch.long)).shape == (1, 23)
    with pytest.raises(CourseError, match="the prompt has 17 tokens"):
        following(torch.zeros(1, 17, dtype=torch.long))
