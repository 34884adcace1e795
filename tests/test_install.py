"""What `make lab` and `make test` say where something is missing: one line, with what to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell script; README has the pip lines for Windows")

TOOLS = ("sh", "awk", "cat", "cp", "df", "grep", "mkdir", "pwd", "rm", "touch", "dirname")


@pytest.fixture
def fresh(tmp_path: Path, root: Path) -> Path:
    """A folder with the script in it and a `bin` of plain tools, without any Python."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:  # wrappers, not links: a test that writes to one must not write to the system's
        stub(tmp_path, tool, f'exec {shutil.which(tool)} "$@"')
    (tmp_path / "scripts").mkdir()
    shutil.copy(root / "scripts" / "install.sh", tmp_path / "scripts")
    return tmp_path


def stub(folder: Path, name: str, script: str) -> None:
    """A program `name` in the fake `bin`."""
    file = folder / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def python_stub(folder: Path, name: str = "python3", version: str = "3.12", venv: bool = True, pip: str = "") -> None:
    """A Python that knows its version, has a venv module or not, and makes environments whose `pip` does `pip`."""
    major, minor = version.split(".")
    knows = f"""*sys.exit*) [ {major} -gt 3 ] || [ {minor} -ge 11 ] ;;
    *print*) echo {version} ;;"""
    stub(folder, "python-of-environment", f"""case "$*" in {knows} *"pip install"*) {pip or "exit 0"} ;; esac""")
    copy = f"mkdir -p .venv/bin && cp {folder}/bin/python-of-environment .venv/bin/python"
    stub(
        folder,
        name,
        f"""case "$*" in {knows} *"import venv"*) exit {0 if venv else 1} ;; *"-m venv"*) {copy} ;; esac""",
    )


def install(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script as make does, seeing nothing but the fake `bin`."""
    return subprocess.run(
        ["sh", "scripts/install.sh", ".", ".venv/installed"],
        cwd=folder,
        env={"PATH": str(folder / "bin"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """The one line of the script's own that a failed run ends with."""
    assert result.returncode != 0
    own = [line for line in result.stderr.splitlines() if line.startswith("llmcourse: ")]
    assert len(own) == 1
    assert "Traceback" not in result.stderr
    return own[0]


def test_no_python(fresh: Path) -> None:
    line = complaint(install(fresh))
    assert "there is no python3" in line
    assert "apt install python3" in line


def test_python_too_old(fresh: Path) -> None:
    python_stub(fresh, version="3.9")
    line = complaint(install(fresh))
    assert "3.11 or newer" in line
    assert "python3 is 3.9" in line


def test_old_python3_beside_a_newer_one(fresh: Path) -> None:
    python_stub(fresh, version="3.9")
    python_stub(fresh, "python3.13", version="3.13")
    result = install(fresh)
    assert result.returncode == 0, result.stderr
    assert "python3.13" in result.stdout


def test_named_python_is_not_one(fresh: Path) -> None:
    python_stub(fresh)
    assert "PYTHON=nonsense is not Python 3.11" in complaint(install(fresh, PYTHON="nonsense"))


def test_named_python_is_taken(fresh: Path) -> None:
    python_stub(fresh)
    python_stub(fresh, "python3.11", version="3.11")
    result = install(fresh, PYTHON="python3.11")
    assert result.returncode == 0, result.stderr
    assert "with python3.11 (3.11)" in result.stdout


def test_no_venv_module(fresh: Path) -> None:
    python_stub(fresh, venv=False)
    assert "sudo apt install python3.12-venv" in complaint(install(fresh))


def test_no_space(fresh: Path) -> None:
    python_stub(fresh)
    stub(fresh, "df", "echo Filesystem; echo /dev/x 9000000 8000000 123000 98% /")
    line = complaint(install(fresh))
    assert "this disk has 120 MB left" in line
    assert "make room" in line


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("WARNING: Retrying ... NewConnectionError: Network is unreachable", "no network"),
        ("ERROR: No matching distribution found for torch<2.14,>=2.9", "no PyTorch 2.9 to 2.13 for this Python (3.12)"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "may not write"),
        ("something that nobody has seen", "its full log is .venv/install.log"),
    ],
)
def test_pip_fails(fresh: Path, log: str, says: str) -> None:
    python_stub(fresh, pip=f'echo "{log}" > .venv/install.log; exit 1')
    assert says in complaint(install(fresh))
    assert not (fresh / ".venv" / "installed").exists()


def test_installed_once_and_tried_again_after_a_failure(fresh: Path) -> None:
    python_stub(fresh, pip="exit 1")
    complaint(install(fresh))
    (fresh / ".venv" / "bin" / "python").write_text("#!/bin/sh\necho 3.12\n", encoding="utf-8")
    result = install(fresh)
    assert result.returncode == 0, result.stderr
    assert "creating" not in result.stdout  # the environment of the first attempt is used
    assert (fresh / ".venv" / "installed").exists()
    assert (fresh / ".venv" / "folder").read_text(encoding="utf-8").strip() == str(fresh.resolve())


@pytest.mark.parametrize(("newest", "there", "pinned"), [("", True, True), ("1", True, False), ("", False, False)])
def test_tested_versions_are_taken_unless_the_newest_are_asked_for(
    fresh: Path, newest: str, there: bool, pinned: bool
) -> None:
    python_stub(fresh, pip="""echo "pip $*" >> asked""")
    if there:
        (fresh / "constraints.txt").touch()
    assert install(fresh, NEWEST=newest).returncode == 0
    asked = (fresh / "asked").read_text(encoding="utf-8")
    assert ("-c constraints.txt -e ." in asked) is pinned


@pytest.mark.parametrize("log", ["No matching distribution found for numpy==2.4.6", "ERROR: Failed to build 'scipy'"])
def test_where_a_tested_version_cannot_be_had_the_newest_are_tried(fresh: Path, log: str) -> None:
    refused = f"""case "$*" in *constraints*) echo "{log}" > .venv/install.log; exit 1 ;; esac"""
    python_stub(fresh, pip=refused)
    (fresh / "constraints.txt").touch()
    result = install(fresh)
    assert result.returncode == 0, result.stderr
    assert "trying the newest ones" in result.stdout
    assert (fresh / ".venv" / "installed").exists()


def test_any_other_failure_is_not_tried_again(fresh: Path) -> None:
    python_stub(fresh, pip="""echo again >> asked; echo "Network is unreachable" > .venv/install.log; exit 1""")
    (fresh / "constraints.txt").touch()
    assert "no network" in complaint(install(fresh))
    assert (fresh / "asked").read_text(encoding="utf-8") == "again\n"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_does_nothing_twice(fresh: Path, root: Path) -> None:
    shutil.copy(root / "Makefile", fresh)
    (fresh / "pyproject.toml").touch()
    python_stub(fresh)
    make = [shutil.which("make"), "lab"]
    environment = {"PATH": str(fresh / "bin")}
    first = subprocess.run(make, cwd=fresh, env=environment, capture_output=True, text=True, check=False)
    second = subprocess.run(make, cwd=fresh, env=environment, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "installing" in first.stdout
    assert second.returncode == 0
    assert second.stdout + second.stderr == ""
    moved = fresh.rename(fresh.with_name("moved"))
    environment["PATH"] = str(moved / "bin")
    third = subprocess.run(make, cwd=moved, env=environment, capture_output=True, text=True, check=False)
    assert "installing" in third.stdout
