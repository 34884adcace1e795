from pathlib import Path

import pytest

from llmcourse.course import record


@pytest.fixture(autouse=True)
def progress_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test starts with no progress, and not in strict mode."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv("LLMCOURSE_PROGRESS", str(file))
    monkeypatch.delenv("LLMCOURSE_STRICT", raising=False)
    monkeypatch.setattr(record, "_in_memory", {})
    monkeypatch.setattr(record, "_said", set())
    return file
