"""A hub on loopback, with the configuration that the course ships, for as long as a `with` lasts."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
CONFIG = ROOT / "scripts" / "hub" / "jupyterhub_config.py"
PREFIX = "llmc-bench-"  # of the accounts that are made for a measurement and removed after it

# What differs from the shipped configuration: free ports, a log-in without passwords, and the one setting in question.
OVERLAY = """
import os

load_subconfig({config!r})
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy!r}
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.active_server_limit = 0
if not {accounts!r}:
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
    if os.geteuid() == 0:
        c.Spawner.args.append("--allow-root")
if not {threads!r}:
    del c.Spawner.environment["LLMCOURSE_THREADS"], c.Spawner.environment["OMP_NUM_THREADS"]
c.Spawner.environment |= {environment!r}
for service in c.JupyterHub.services:
    if service["name"] == "watcher":
        service["environment"] |= {watcher!r}
c.JupyterHub.services.append({{"name": "bench", "api_token": {token!r}}})
c.JupyterHub.load_roles.append({{"name": "bench", "services": ["bench"], "scopes":
    ["admin:users", "tokens", "servers", "admin:server_state"]}})
"""


@dataclass(frozen=True)
class Setting:
    """What one hub differs in from another."""

    threads: bool = True  # one thread for each notebook, as shipped; or the libraries' own choice
    accounts: bool = True  # each learner has an account of the system; or all share one
    python: str = sys.executable
    watcher: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)  # more variables of the learners' servers, or others

    @property
    def name(self) -> str:
        accounts = "accounts" if self.accounts else "one account"
        return f"{accounts}, threads {'set' if self.threads else 'not set'}"


class Hub:
    """Starts hub and proxy, makes learners and their tokens, and removes everything in the end."""

    def __init__(self, setting: Setting, learners: list[str]):
        self.setting = setting
        self.learners = [PREFIX + name for name in learners]
        self.token = secrets.token_hex(16)
        hub_port, proxy_port, port = free_ports(3)
        self.url, self.proxy_api = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{proxy_port}"
        self._ports = {"hub_port": hub_port, "proxy_port": proxy_port}

    def __enter__(self) -> Hub:
        self.folder = Path(tempfile.mkdtemp(prefix="llmcourse-hub-"))
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        self.folder.chmod(0o711)  # homes lie below it: to be passed through, not to be listed
        self.state, homes = self.folder / "state", self.folder / "homes"
        homes.mkdir(mode=0o711)
        homes.chmod(0o711)
        if self.setting.accounts:
            make_accounts(self.learners, homes)
        overlay = self.folder / "config.py"
        overlay.write_text(
            OVERLAY.format(
                config=str(CONFIG), url=self.url, token=self.token, homes=str(homes), proxy=proxy_command(),
                accounts=self.setting.accounts, threads=self.setting.threads, watcher=self.setting.watcher,
                environment=self.setting.environment,
                **self._ports,
            )
        )  # fmt: skip
        overlay.chmod(0o600)
        self.homes = {name: homes / name for name in self.learners}
        unset = ("OMP_NUM_THREADS", "LLMCOURSE_THREADS", "LLMCOURSE_QUIET", "MPLBACKEND", "LLMCOURSE_PROGRESS")
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        environment |= {
            "LLMCOURSE_HUB_STATE": str(self.state),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PATH": os.pathsep.join([str(Path(self.setting.python).parent), os.environ.get("PATH", "")]),
        }
        command = [self.setting.python, "-m", "jupyterhub", "-f", str(overlay)]
        self.log = self.folder / "hub.log"
        as_whom = {} if self.setting.accounts else self._one_account()
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **as_whom
            )
        self._wait_until_it_answers()
        self.api("POST", "/users", {"usernames": self.learners})

    def _one_account(self) -> dict[str, Any]:
        """Whose the hub and all servers are where learners have no accounts: not root's, which may read everything."""
        if no_accounts(self.setting.python):
            return {}
        everyone = PREFIX + "everyone"
        make_accounts([everyone], self.folder)
        for path in (self.folder, *self.folder.rglob("*")):
            shutil.chown(path, everyone, everyone)
        return {"user": everyone, "group": everyone, "extra_groups": []}

    def _wait_until_it_answers(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError, urllib.error.URLError):
                self.api("GET", "/users?limit=1")
                return
            time.sleep(0.3)
        raise RuntimeError("the hub did not start:\n" + self.log.read_text()[-3000:])

    def __exit__(self, kind: Any = None, *_: Any) -> None:
        if kind:
            print("the end of the hub's log:", *self.log.read_text().splitlines()[-40:], sep="\n", file=sys.stderr)
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.send_signal(signal.SIGTERM)  # the hub ends the servers and its proxy
            try:
                process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
        if self.setting.accounts or not no_accounts(self.setting.python):
            remove_accounts()
        shutil.rmtree(self.folder, ignore_errors=True)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """The hub's answer to an administrator."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/hub/api{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null")

    def token_of(self, learner: str) -> str:
        """A token with exactly the rights that this learner has."""
        return self.api("POST", f"/users/{learner}/tokens", {"note": "bench"})["token"]

    def server_pids(self) -> dict[str, int]:
        """The process of each learner's running server."""
        found = {}
        for user in self.api("GET", "/users?state=active"):
            for server in user["servers"].values():
                if pid := (server.get("state") or {}).get("pid"):
                    found[user["name"]] = pid
        return found

    def watcher_lines(self) -> list[str]:
        """What the watcher has done so far."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line.partition("watcher: ")[2] for line in lines if line.startswith("watcher: ")]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def proxy_command() -> str | None:
    """Where npm has put the proxy; None where it has not."""
    local = ROOT / "build" / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
    return shutil.which("configurable-http-proxy") or (str(local) if local.exists() else None)


def missing() -> str:
    """What a hub lacks on this machine, in one line; nothing, if it can run."""
    from importlib.util import find_spec

    if os.name != "posix":
        return "JupyterHub needs Linux or macOS"
    for module, package in (("jupyterhub", "jupyterhub"), ("jupyterhub_idle_culler", "jupyterhub-idle-culler")):
        if find_spec(module) is None:
            return f'{package} is not installed: pip install -e ".[hub]"'
    if shutil.which("node") is None:
        return "node is not installed"
    if proxy_command() is None:
        return "the proxy is not installed: npm install --prefix build/hub configurable-http-proxy"
    return ""


def no_accounts(python: str) -> str:
    """Why learners cannot have accounts of their own here, in one line; nothing, if they can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "only root on Linux can make accounts"
    if not (shutil.which("useradd") and shutil.which("runuser")):
        return "useradd and runuser are missing"
    command = ["runuser", "-u", "nobody", "--", python, "-c", f"open({str(CONFIG)!r})"]
    if subprocess.run(command, capture_output=True, cwd="/").returncode:
        return f"other accounts may not run {python} or read {ROOT}: --python names one that they may run"
    return ""


def make_accounts(names: list[str], homes: Path) -> None:
    remove_accounts()  # of a measurement that was killed
    for name in names:
        subprocess.run(["useradd", "--create-home", "--home-dir", str(homes / name), name], check=True)


def remove_accounts() -> None:
    """Remove the accounts of measurements; processes that are left of them end first."""
    import pwd

    import psutil

    for entry in pwd.getpwall():
        if entry.pw_name.startswith(PREFIX):
            for process in psutil.process_iter():
                with suppress(psutil.Error):
                    if process.uids().real == entry.pw_uid:
                        process.kill()
            subprocess.run(["userdel", "--force", entry.pw_name], check=False, capture_output=True)
