"""What the tests of tokenizers share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora(root: Path) -> Path:
    """The folder of fetched texts that lies beside a checkout where these tests were written."""
    folder = root.parent / "shared" / "corpora"
    if not (folder / "gpt2-encoder.json").is_file():
        pytest.skip("there is no ../shared/corpora beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shakespeare(corpora: Path) -> str:
    return (corpora / "tinyshakespeare.txt").read_text(encoding="utf-8")
