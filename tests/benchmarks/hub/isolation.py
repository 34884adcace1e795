"""What one learner can reach of another: through the hub, past the proxy, and on the machine itself."""

from __future__ import annotations

import json
from typing import Any

import psutil
from learner import Learner
from running_hub import Hub, Setting
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

REFUSED = (401, 403, 404)  # 404: the hub does not even say that somebody is there

# Runs in the first learner's kernel; `them` says where the second one's things are.
TRY = """
import json, os, urllib.request
them = json.loads({them!r})

def server():
    headers = {{"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"]}}
    url = f"http://127.0.0.1:{{them['port']}}/user/{{them['name']}}/api/contents"
    urllib.request.urlopen(urllib.request.Request(url, headers=headers)).read()

attempts = {{
    "list another's home": lambda: os.listdir(them["home"]),
    "read another's notebook": lambda: open(them["home"] + "/llmcourse/mine.txt").read(),
    "write into another's home": lambda: open(them["home"] + "/llmcourse/yours.txt", "w").close(),
    "read the token of another's server": lambda: open(f"/proc/{{them['pid']}}/environ").read(),
    "send a signal to another's server": lambda: os.kill(them["pid"], 0),
    "ask another's server, past the proxy": server,
    "read the hub's cookie secret": lambda: open(them["state"] + "/cookie_secret").read(),
    "read the hub's database": lambda: open(them["state"] + "/jupyterhub.sqlite", "rb").read(),
    "read the hub's environment": lambda: open(f"/proc/{{them['hub']}}/environ").read(),
    "ask the proxy for its routes": lambda: urllib.request.urlopen(them["proxy"] + "/api/routes").read(),
}}
outcomes = {{}}
for name, attempt in attempts.items():
    try:
        attempt()
        outcomes[name] = "possible"
    except Exception as error:
        outcomes[name] = f"refused: {{type(error).__name__}} {{getattr(error, 'code', '')}}".strip()
print(json.dumps(outcomes))
"""


async def isolation(setting: Setting) -> dict[str, Any]:
    """Every attempt and its outcome; the first learner tries, the second one is tried."""
    with Hub(setting, ["first", "second"]) as hub:
        first, second = (Learner(hub, name) for name in hub.learners)
        await first.start_server()
        await second.start_server()
        file = {"type": "file", "format": "text", "content": "mine"}
        await second.request("PUT", f"/user/{second.name}/api/contents/llmcourse/mine.txt", file)
        by_web = await through_the_hub(hub, first, second)
        kernel = await first.kernel()
        cell = await kernel.execute(TRY.format(them=json.dumps(whereabouts(hub, second))))
        assert not cell.error, cell.error
        return {"setting": setting.name, "through the hub": by_web, "on the machine": json.loads(cell.text)}


async def through_the_hub(hub: Hub, first: Learner, second: Learner) -> dict[str, str]:
    """The first learner's token at all doors of the second one; the second one's own shows that they are doors."""
    theirs = f"/user/{second.name}/api"
    kernel = await second.kernel()
    doors = {
        "see another in the hub": ("GET", f"/hub/api/users/{second.name}", None),
        "start another's server": ("POST", f"/hub/api/users/{second.name}/server", None),
        "stop another's server": ("DELETE", f"/hub/api/users/{second.name}/server", None),
        "get a token as another": ("POST", f"/hub/api/users/{second.name}/tokens", {}),
        "list another's files": ("GET", f"{theirs}/contents", None),
        "read another's notebook": ("GET", f"{theirs}/contents/llmcourse/mine.txt", None),
        "download another's notebook": ("GET", f"/user/{second.name}/files/llmcourse/mine.txt", None),
        "see another's kernels": ("GET", f"{theirs}/kernels", None),
        "start a kernel on another's server": ("POST", f"{theirs}/kernels", {}),
        "stop another's kernel": ("DELETE", f"{theirs}/kernels/{kernel.id}", None),
        "open a terminal on another's server": ("POST", f"{theirs}/terminals", None),
    }
    outcomes = {name: verdict(await first.status(*door)) for name, door in doors.items()}
    outcomes["run code in another's kernel"] = await websocket_verdict(hub, first, second, kernel.id)
    for name, door in doors.items():
        if door[0] == "GET" or "terminal" in name:
            own = await second.status(*door)
            assert own == 200, f"{name}: the owner gets {own} at {door[1]}, so a refusal to others says nothing"
    assert (await kernel.execute("print('mine')")).text == "mine\n"
    return outcomes


async def websocket_verdict(hub: Hub, first: Learner, second: Learner, kernel_id: str) -> str:
    url = hub.url.replace("http", "ws", 1) + f"/user/{second.name}/api/kernels/{kernel_id}/channels"
    try:
        socket = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {first.token}"}))
    except HTTPClientError as error:
        return verdict(error.code)
    socket.close()
    return "possible"


def verdict(status: int) -> str:
    return f"refused: {status}" if status in REFUSED else f"possible ({status})"


def whereabouts(hub: Hub, learner: Learner) -> dict[str, Any]:
    """What somebody on the same machine could find out about a learner's server."""
    pid = hub.server_pids()[learner.name]
    listening = [each for each in psutil.Process(pid).net_connections("inet") if each.status == psutil.CONN_LISTEN]
    return {
        "name": learner.name,
        "pid": pid,
        "port": listening[0].laddr.port,
        "home": str(hub.homes[learner.name]),
        "hub": hub.process.pid,
        "state": str(hub.state),
        "proxy": hub.proxy_api,
    }
