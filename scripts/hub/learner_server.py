"""The start of one learner's server: limits, a closed home, the notebooks; then this process becomes the server.

JupyterHub runs it as the learner, and so do all notebooks inherit what is set here. Whatever the system cannot do is
said in one line in the hub's log, and the server starts without it.
"""

import os
import shutil
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
PROCESSES = 1_000  # threads count too; enough for many notebooks, and an end to a program that starts itself again
UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}


def main() -> None:
    for step in (limit_memory, limit_processes, close_home, bring_notebooks):
        try:
            step()
        except (ImportError, OSError, ValueError) as error:
            print(f"llmcourse hub: {step.__name__} did not work: {error}", file=sys.stderr, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])


def limit_memory() -> None:
    """What one process may allocate: beyond it Python raises MemoryError, PyTorch a RuntimeError that says the same.

    Linux counts the private writable pages (RLIMIT_DATA). The whole address space would be the wrong measure: PyTorch
    reserves much that it never touches. Other systems accept the number and do not heed it.
    """
    import resource

    limit = size_in_bytes(os.environ["LLMCOURSE_KERNEL_MEMORY"])
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def limit_processes() -> None:
    """How many processes and threads this account may have; only where the account is the learner's own."""
    import pwd
    import resource

    if os.geteuid() != 0 and pwd.getpwuid(os.geteuid()).pw_name == os.environ.get("USER"):
        resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))


def close_home() -> None:
    """Nobody else reads the learner's home, nor any file written from now on."""
    os.umask(0o077)
    Path.home().chmod(0o700)


def bring_notebooks() -> None:
    """Copies of the course's notebooks to write in. What the learner has already is left alone."""
    folder = Path.home() / "llmcourse"
    folder.mkdir(exist_ok=True)
    for notebook in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"):
        copy = folder / notebook.name
        if not copy.exists():
            unfinished = copy.with_suffix(".tmp")  # a name that becomes the notebook's when all of it is there
            shutil.copyfile(notebook, unfinished)
            os.replace(unfinished, copy)


def size_in_bytes(text: str) -> int:
    """ "1.5G" is 1,610,612,736; the letters are those of JupyterHub's own settings."""
    return int(float(text[:-1]) * UNITS[text[-1].upper()]) if text[-1].upper() in UNITS else int(text)


if __name__ == "__main__":
    main()
