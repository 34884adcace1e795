"""The `transformers` library keeps quiet, and folders of its models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmcourse.analysis.hub_samples import SAMPLES, quiet_transformers, random_theirs, write_theirs


@pytest.fixture(autouse=True)
def quiet() -> None:
    pytest.importorskip("transformers")
    quiet_transformers()


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., Path]:
    def write(model_type: str, sample: int = 0, **settings: Any) -> Path:
        theirs = random_theirs(model_type, SAMPLES[model_type][sample], seed=sample)
        return write_theirs(tmp_path / f"{model_type}-{sample}", theirs, **settings)

    return write
