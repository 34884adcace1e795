"""A learner at work, as the hub sees one: a token, a server, notebooks opened, run cell by cell, and saved."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from running_hub import Hub
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

PATIENCE = 3600.0  # seconds; a crowded machine is what is measured, so nothing gives up early
FOLDER = "llmcourse"  # the notebooks' place in a learner's home


class KernelDied(Exception):
    """The kernel went away in the middle of a cell."""


@dataclass
class Cell:
    """What one code cell came to."""

    seconds: float
    error: str = ""
    text: str = ""  # what it printed


@dataclass
class Work:
    """How far one learner got with one notebook."""

    of: int = 0  # code cells
    done: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    saved: bool = False
    process: int = 0  # the kernel's

    @property
    def finished(self) -> bool:
        return self.done == self.of > 0 and not self.errors and self.saved


class Learner:
    """One learner's browser. Everything goes through the proxy, with the learner's own token."""

    def __init__(self, hub: Hub, name: str):
        self.hub, self.name = hub, name
        self.token = hub.token_of(name)
        self.received = 0  # bytes, from the server
        self.work: dict[str, Work] = {}
        self.starting = 0.0  # seconds until the server was there

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a request, read as JSON; `path` begins with /hub/api or /user/NAME."""
        return json.loads(await self.fetch(method, path, body) or b"null")

    async def fetch(self, method: str, path: str, body: Any = None) -> bytes:
        data = json.dumps(body) if body is not None else ("" if method in ("POST", "PUT") else None)
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = HTTPRequest(
            self.hub.url + path, method=method, body=data, headers=headers,
            connect_timeout=PATIENCE, request_timeout=PATIENCE, follow_redirects=False,
        )  # fmt: skip
        answer = await AsyncHTTPClient(max_clients=1000).fetch(request)
        self.received += len(answer.body)
        return answer.body

    async def status(self, method: str, path: str, body: Any = None) -> int:
        """Only the status of an answer: 200, 403, 404 …"""
        try:
            await self.fetch(method, path, body)
        except HTTPClientError as error:
            return error.code
        return 200

    async def start_server(self) -> None:
        begun = time.monotonic()
        await self.request("POST", f"/hub/api/users/{self.name}/server")
        while not await self.server_is_ready():
            await asyncio.sleep(0.5)
        self.starting = time.monotonic() - begun

    async def server_is_ready(self) -> bool:
        servers = (await self.request("GET", f"/hub/api/users/{self.name}"))["servers"]
        if not servers:
            raise RuntimeError(f"the server of {self.name} did not start; the hub's log says why")
        return servers[""]["ready"]

    async def kernel(self, path: str = "untitled.ipynb") -> Kernel:
        """A new kernel, with the session that a notebook has."""
        session = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
        answer = await self.request("POST", f"/user/{self.name}/api/sessions", session)
        return await Kernel.connect(self, answer["kernel"]["id"])

    async def work_through(self, notebook: str) -> None:
        """Open a notebook, run all its cells one after the other, save it. Its kernel stays, as in a forgotten tab."""
        work, path = self.work.setdefault(notebook, Work()), f"{FOLDER}/{notebook}"
        begun = time.monotonic()
        model = await self.request("GET", f"/user/{self.name}/api/contents/{path}")
        cells = [cell for cell in model["content"]["cells"] if cell["cell_type"] == "code"]
        work.of = len(cells)
        kernel = await self.kernel(path)
        work.process = int((await kernel.execute("import os; print(os.getpid())", silent=True)).text)
        for cell in cells:
            result = await kernel.execute(cell["source"])
            work.seconds = time.monotonic() - begun
            if result.error and "raises-exception" not in cell["metadata"].get("tags", []):
                work.errors.append(result.error)
            cell["execution_count"] = work.done = work.done + 1
        model["content"]["cells"][0]["metadata"]["worked_through_by"] = self.name
        model = {key: model[key] for key in ("type", "format", "content")}
        await self.request("PUT", f"/user/{self.name}/api/contents/{path}", model)
        work.saved, work.seconds = True, time.monotonic() - begun


class Kernel:
    """A kernel behind the learner's server, spoken to through a websocket as JupyterLab does."""

    def __init__(self, learner: Learner, kernel_id: str, socket: Any):
        self.learner, self.id, self.socket, self.session = learner, kernel_id, socket, uuid.uuid4().hex

    @classmethod
    async def connect(cls, learner: Learner, kernel_id: str) -> Kernel:
        url = learner.hub.url.replace("http", "ws", 1) + f"/user/{learner.name}/api/kernels/{kernel_id}/channels"
        request = HTTPRequest(url, headers={"Authorization": f"token {learner.token}"}, connect_timeout=PATIENCE)
        return cls(learner, kernel_id, await websocket_connect(request, max_message_size=2**28))

    async def execute(self, code: str, silent: bool = False) -> Cell:
        """Run a cell; returns when the kernel is idle again. A `silent` one has no number.

        Raises:
            KernelDied: it is not coming back.
        """
        sent, begun, cell, replied, idle = uuid.uuid4().hex, time.monotonic(), Cell(0.0), False, False
        header = {"msg_id": sent, "msg_type": "execute_request", "username": "", "session": self.session,
                  "version": "5.3", "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}  # fmt: skip
        content = {"code": code, "silent": silent, "store_history": not silent, "user_expressions": {},
                   "allow_stdin": False}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self.socket.write_message(json.dumps(message))
        while not (replied and idle):
            raw = await self.socket.read_message()
            if raw is None:
                raise KernelDied("the connection was closed")
            self.learner.received += len(raw)
            if isinstance(raw, bytes):  # with buffers, as widgets send them
                continue
            answer = json.loads(raw)
            kind, content = answer["msg_type"], answer["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "dead", "autorestarting"):
                raise KernelDied(f"the kernel is {content['execution_state']}")
            if answer["parent_header"].get("msg_id") != sent:
                continue
            if kind == "stream":
                cell.text += content["text"]
            elif kind == "error":
                cell.error = f"{content['ename']}: {content['evalue']}"[:300]
            replied = replied or kind == "execute_reply"
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        cell.seconds = time.monotonic() - begun
        return cell
