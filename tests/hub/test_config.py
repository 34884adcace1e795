"""The hub's configuration: JupyterHub knows every setting in it, and the limits and the thread setting are there."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

jupyterhub = pytest.importorskip("jupyterhub", reason='jupyterhub is not installed: pip install -e ".[hub]"')
pytest.importorskip("resource", reason="JupyterHub needs Linux or macOS")

from jupyterhub import app, auth, proxy, spawner  # noqa: E402
from traitlets.config.loader import Config, PyFileConfigLoader  # noqa: E402

CLASSES = {
    "JupyterHub": app.JupyterHub,
    "Authenticator": auth.Authenticator,
    "PAMAuthenticator": auth.PAMAuthenticator,
    "Spawner": spawner.Spawner,
    "SimpleLocalProcessSpawner": spawner.SimpleLocalProcessSpawner,
    "ConfigurableHTTPProxy": proxy.ConfigurableHTTPProxy,
}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LLMCOURSE_HUB_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture(params=["root", "anybody"])
def config(request: pytest.FixtureRequest, root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if request.param == "root" else 1000)
    return read(root)


def read(root: Path) -> Config:
    return PyFileConfigLoader(str(root / "scripts" / "hub" / "jupyterhub_config.py")).load_config()


def test_jupyterhub_knows_every_setting(config: Config) -> None:
    assert set(config) <= set(CLASSES)
    for name, settings in config.items():
        for setting, value in settings.items():
            traits: dict[str, Any] = CLASSES[name].class_traits(config=True)
            assert setting in traits, f"{name} has no {setting}"
            traits[setting]._validate(CLASSES[name].__new__(CLASSES[name]), value)


def test_a_notebook_gets_one_thread(config: Config) -> None:
    assert config.Spawner.environment["LLMCOURSE_THREADS"] == config.Spawner.environment["OMP_NUM_THREADS"] == "1"


def test_memory_has_limits_and_idle_servers_end(config: Config) -> None:
    assert config.Spawner.environment["LLMCOURSE_KERNEL_MEMORY"] < config.Spawner.mem_limit
    assert config.JupyterHub.active_server_limit >= 1
    services = {service["name"]: service for service in config.JupyterHub.services}
    assert services["watcher"]["environment"]["WATCHER_MEMORY"] == config.Spawner.mem_limit
    assert any(word.startswith("--timeout=") for word in services["idle-culler"]["command"])
    assert {role["name"] for role in config.JupyterHub.load_roles} == set(services), "a service without rights is idle"


def test_programs_that_the_hub_starts_are_there(config: Config) -> None:
    commands = [config.Spawner.cmd, *(service["command"] for service in config.JupyterHub.services)]
    assert all(Path(word).exists() for command in commands for word in command if word.endswith(".py"))


def test_jupyterlab_asks_nobody_for_news(config: Config) -> None:
    overrides = Path(config.Spawner.environment["JUPYTER_CONFIG_PATH"]) / "labconfig" / "default_setting_overrides.json"
    assert "fetchNews" in overrides.read_text(encoding="utf-8")


def test_the_hubs_secrets_lie_in_a_closed_folder(config: Config, state: Path) -> None:
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert Path(config.JupyterHub.cookie_secret_file).parent == state
    assert config.JupyterHub.db_url.endswith(str(state / "jupyterhub.sqlite"))


def test_only_root_gives_every_learner_an_account(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    as_root = read(root)
    assert as_root.JupyterHub.authenticator_class == "pam"
    assert as_root.PAMAuthenticator.allowed_groups == {"learners", "teachers"}
    assert as_root.JupyterHub.spawner_class == "jupyterhub.spawner.LocalProcessSpawner"
    assert not capsys.readouterr().out
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert read(root).JupyterHub.spawner_class == "simple"
    assert "for trying out only" in capsys.readouterr().out


def test_only_this_machine_can_reach_it_as_it_ships(config: Config) -> None:
    assert config.JupyterHub.bind_url.startswith("http://127.0.0.1:")
