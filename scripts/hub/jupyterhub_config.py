"""A JupyterHub for one class on one machine; docs/running/one-machine-hub.md goes through it step by step.

    jupyterhub -f scripts/hub/jupyterhub_config.py

Started as root, every learner logs in with an account of this machine, and the system's own permissions keep their
files apart. Started by anybody else it is for trying out only: every name gets in, and all servers run as you.
"""

import os
import shutil
import sys
from pathlib import Path

import psutil

# What you may want to change ------------------------------------------------------------------------------------------

ADDRESS = "http://127.0.0.1:8000"  # this machine only; put a web server with HTTPS in front for a class
LEARNERS, TEACHERS = "learners", "teachers"  # groups of accounts that may log in; teachers also administer the hub

THREADS = "1"  # of each notebook; more makes everybody slower as soon as there are more learners than cores
KERNEL_MEMORY = "1.5G"  # of one notebook: a cell that asks for more gets a MemoryError, and its notebook lives on
LEARNER_MEMORY = "2G"  # of one learner's notebooks and server together: beyond it, the largest notebook is ended
COMPUTING_MINUTES = 30  # of processor time without a rest, then a cell is interrupted as by the stop button
IDLE_MINUTES = 60  # then a notebook's kernel is ended, and a server that nobody uses; files are kept

EXPECTED_MEMORY = 1.2  # GiB for one learner at work, with two notebooks open: see docs/running/sizing.md
SYSTEM_MEMORY = 2.0  # GiB left to the system and the hub itself

# What follows from it -------------------------------------------------------------------------------------------------

HERE = Path(__file__).resolve().parent
COURSE = HERE.parents[1]
AS_ROOT = os.name == "posix" and os.geteuid() == 0
STATE = Path(
    os.environ.get("LLMCOURSE_HUB_STATE")
    or ("/var/lib/llmcourse-hub" if AS_ROOT else Path.home() / ".local" / "share" / "llmcourse-hub")
)

c = get_config()  # JupyterHub has put it here
c.JupyterHub.bind_url = ADDRESS

# The hub's secrets: a folder that no learner can look into.
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
STATE.chmod(0o700)
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")

# The proxy is a program of its own, from npm: installed for all, or into build/hub of this checkout.
LOCAL_PROXY = COURSE / "build" / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
c.ConfigurableHTTPProxy.command = shutil.which("configurable-http-proxy") or str(LOCAL_PROXY)

# Who may log in, and as whom their servers run.
if AS_ROOT:
    c.JupyterHub.authenticator_class = "pam"
    c.PAMAuthenticator.allowed_groups = {LEARNERS, TEACHERS}
    c.PAMAuthenticator.admin_groups = {TEACHERS}
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
else:
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "homes" / "{username}")
    print("llmcourse hub: not started as root, so for trying out only: nothing keeps learners' files apart")

# What a learner's server is, and what it may use. learner_server.py sets the limits, then becomes the server.
c.Spawner.cmd = [sys.executable, str(HERE / "learner_server.py")]
c.Spawner.args = [
    f"--MappingKernelManager.cull_idle_timeout={IDLE_MINUTES * 60}",
    "--MappingKernelManager.cull_interval=60",
    "--MappingKernelManager.cull_connected=True",  # a forgotten tab is no reason to hold memory
]
c.Spawner.disable_user_config = True  # a server is configured here, not in a home
c.Spawner.default_url = "/lab/tree/llmcourse"
c.Spawner.environment = {
    "LLMCOURSE_THREADS": THREADS,  # PyTorch's threads, in every notebook of the course
    "OMP_NUM_THREADS": THREADS,  # the same for numpy, scikit-learn, and notebooks of one's own
    # On Linux: what is freed in pieces of a MiB or more goes back to the system at once. The peak of chapter 10 is then
    # a third lower, 601 MiB instead of 930, and a training step takes as long as before.
    "MALLOC_MMAP_THRESHOLD_": str(2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
    "LLMCOURSE_KERNEL_MEMORY": KERNEL_MEMORY,
    "JUPYTER_CONFIG_PATH": str(COURSE / "llmcourse" / "cli" / "jupyter"),  # no news, no look for updates
}
c.Spawner.mem_limit = LEARNER_MEMORY
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # thirty servers starting at once on two cores take a while
c.JupyterHub.concurrent_spawn_limit = 0  # so nobody is told to try again later …
c.JupyterHub.active_server_limit = max(
    1, int((psutil.virtual_memory().total / 2**30 - SYSTEM_MEMORY) / EXPECTED_MEMORY)
)  # … but the one for whom there is no memory: a clear word to one, where all would suffer

# Two helpers that the hub runs beside itself, each with no more rights than it needs.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_MINUTES * 60}"],
    },
    {
        "name": "watcher",
        "command": [sys.executable, str(HERE / "watcher.py")],
        "environment": {
            "WATCHER_MEMORY": LEARNER_MEMORY,
            "WATCHER_COMPUTING_SECONDS": str(COMPUTING_MINUTES * 60),
        },
    },
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    },
    {"name": "watcher", "scopes": ["list:users", "read:servers", "admin:server_state"], "services": ["watcher"]},
]
