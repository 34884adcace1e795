"""What a class needs follows from what was measured, and the guide says the same as the figures beside it."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def sizing(root: Path) -> ModuleType:
    return load(root / "scripts" / "hub" / "sizing.py")


@pytest.fixture(scope="module")
def page(root: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "tests" / "benchmarks" / "hub"))
        yield load(root / "tests" / "benchmarks" / "hub" / "page.py")


def load(file: Path) -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location(f"hub_{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def one(sizing: ModuleType) -> Any:
    """A learner who is easy to reckon with."""
    return sizing.Measured(
        users=2, notebooks="04", hub=512, server=128, learner=1024, shared=512,
        processor_seconds=60, received=10, home=1024,
    )  # fmt: skip


def test_memory_is_the_system_two_runaways_the_hub_and_the_learners(sizing: ModuleType, one: Any) -> None:
    needs = sizing.needs(one, 10)
    assert needs.memory == 1 + 2 * 2 + 1 + 10 * 1
    assert needs.memory_half == 1 + 2 * 2 + 1 + 5 * 1 + 5 * 0.125


def test_cores_are_what_keeps_the_wait_short(sizing: ModuleType, one: Any) -> None:
    assert [sizing.needs(one, learners).cores for learners in (1, 5, 6, 50)] == [1, 1, 2, 10]
    assert sizing.needs(one, 8).wait_on_8 == 1.0


def test_disk_and_network_grow_with_the_class(sizing: ModuleType, one: Any) -> None:
    assert sizing.needs(one, 10).disk == 4 + 10 * 2
    assert sizing.needs(one, 120).network == pytest.approx((10 + 7) * 8.4)
    assert sizing.needs(replace(one, received=20), 120).network == pytest.approx((20 + 7) * 8.4)


def test_figures_of_a_run_become_those_of_one_learner(sizing: ModuleType) -> None:
    def learner(received: float, *processor: float) -> dict[str, Any]:
        notebooks = {str(number): {"kernel": {"processor": each}} for number, each in enumerate(processor)}
        return {"received_mib": received, "notebooks": notebooks}

    memory = {
        "hub_and_proxy_pss": 200,
        "idle_server_uss": {"a": 90, "b": 80},
        "learners": {"a": {"uss": 300, "pss": 420}, "b": {"uss": 500, "pss": 580}},
        "all_pss": 1000,
    }
    run = {
        "setting": "accounts, threads set",
        "users": 2,
        "notebooks": ["04_x.ipynb", "10_y.ipynb"],
        "memory": memory,
        "learners": {"a": learner(1.0, 5, 50), "b": learner(2.0, 7, 40)},
        "disk": 13.0,
    }
    other = run | {"setting": "accounts, threads not set", "users": 99}
    found = sizing.measured({"load": [run, other]})
    assert found == sizing.Measured(
        users=2, notebooks="04, 10", hub=200, server=90, learner=500, shared=200,
        processor_seconds=55, received=2.0, home=13.0,
    )  # fmt: skip


def test_the_hub_expects_what_a_learner_was_measured_to_take(page: ModuleType, root: Path) -> None:
    if not page.KEPT.exists():
        pytest.skip("nothing was measured yet: python tests/benchmarks/hub/page.py writes the figures")
    config = (root / "scripts" / "hub" / "jupyterhub_config.py").read_text(encoding="utf-8")
    expected = float(re.search(r"^EXPECTED_MEMORY = ([\d.]+)", config, flags=re.MULTILINE)[1])
    taken = json.loads(page.KEPT.read_text(encoding="utf-8"))["measured"]["learner"] / 1024
    assert taken <= expected <= 1.5 * taken


def test_the_guide_says_what_was_measured(page: ModuleType) -> None:
    if not page.KEPT.exists():
        pytest.skip("nothing was measured yet: python tests/benchmarks/hub/page.py writes the figures")
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.filled(text, json.loads(page.KEPT.read_text(encoding="utf-8"))) == text
