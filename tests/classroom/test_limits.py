"""What a submission may use, and what happens when it takes more: in its own process, and seen from outside."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from llmcourse.classroom import apart, limits, walls
from llmcourse.classroom.apart import Findings, run_apart
from llmcourse.classroom.cells import Cell, setup_of
from llmcourse.classroom.limits import MIB, Limits, TooMuchOutput, limit_output, raise_in

START = Cell("from llmcourse.course import exercises\nimport os, sys, torch\nexercise = exercises('04')")
CHECK = Cell("exercise.softmax.check(softmax)", check="softmax")
CHECK_MASK = Cell("exercise.causal_mask.check(causal_mask)", check="causal_mask")
RIGHT = """
def softmax(x, dim):
    powers = (x - x.amax(dim, keepdim=True)).exp()
    return powers / powers.sum(dim, keepdim=True)
"""
RIGHT_MASK = Cell("causal_mask = lambda n: torch.ones(n, n, dtype=torch.bool).tril()", "causal_mask")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the system has no such limit or wall")


def run(*cells: Cell | str, **limits: float) -> Findings:
    """Run these cells; a text is a cell of the notebook's own."""
    allowed = Limits(**({"seconds": 60} | limits))  # type: ignore[arg-type]
    return run_apart("04", [Cell(cell) if isinstance(cell, str) else cell for cell in cells], allowed)


def told(expression: str) -> str:
    """A cell that tells what an expression is, by raising an error."""
    return f"raise RuntimeError({expression})"


def kind(findings: Findings, key: str = "softmax") -> str:
    return findings.outcomes[key]["kind"]


# ---- what a check says comes out, and nothing else does


def test_what_a_check_says_comes_out() -> None:
    findings = run(START, Cell(RIGHT, "softmax"), CHECK, Cell("causal_mask = lambda n: 1", "causal_mask"), CHECK_MASK)
    assert kind(findings) == "CORRECT"
    assert kind(findings, "causal_mask") == "WRONG"
    assert findings.outcomes["causal_mask"]["diagnosis"]
    assert not findings.errors and not findings.stopped and not findings.failure


def test_saying_that_it_is_right_is_no_outcome() -> None:
    forged = json.dumps({"secret": "x", "event": "outcome", "index": 2, "key": "softmax", "kind": "CORRECT"})
    answer = f"""
from contextlib import suppress
print("✓ Correct")
for channel in range(1, 64):
    with suppress(OSError):
        os.write(channel, b"\\n" + {forged.encode()!r} + b"\\n")
softmax = lambda x, dim: x
"""
    findings = run(START, Cell(answer, "softmax"), CHECK)
    assert kind(findings) == "WRONG"


def test_a_check_outside_its_own_cell_is_no_outcome() -> None:
    early = "exercise.softmax.check(exercise.softmax.exercise.answer)\nsoftmax = lambda x, dim: x"
    assert kind(run(START, Cell(early, "softmax"), CHECK)) == "WRONG"


def test_a_blank_is_not_graded_with_what_an_earlier_cell_has_imported() -> None:
    findings = run(START, "from llmcourse.model.softmax import softmax", Cell("# to do", "softmax"), CHECK)
    assert not findings.outcomes
    assert "NameError" in findings.errors[3]


def test_the_courses_own_answer_is_known() -> None:
    answer = "import functools\nfrom llmcourse.model.softmax import softmax as a\nsoftmax = functools.partial(a)"
    assert run(START, Cell(answer, "softmax"), CHECK).outcomes["softmax"]["is_answer_key"]


def test_a_check_that_was_fooled_is_known() -> None:
    fooling = "torch.allclose = lambda *a, **k: True\nsoftmax = lambda x, dim: x.softmax(-1)"
    honest = run(START, Cell(RIGHT, "softmax"), CHECK)
    fooled = run(START, Cell(fooling, "softmax"), CHECK)
    assert not honest.outcomes["softmax"]["fooled"]
    assert kind(fooled) == "CORRECT" and fooled.outcomes["softmax"]["fooled"]


def test_another_meaning_of_what_checks_use_harms_nobody() -> None:
    findings = run(START, Cell(f"{RIGHT}\nexercise = None", "softmax"), CHECK, RIGHT_MASK, CHECK_MASK)
    assert kind(findings) == kind(findings, "causal_mask") == "CORRECT"


def test_a_check_cell_without_its_check() -> None:
    assert setup_of("exercise = exercises('04')\nexercise.softmax.check(softmax)") == "exercise = exercises('04')"
    assert setup_of("this is no Python") == ""


# ---- what takes too much is stopped, and the other exercises keep their worth


@pytest.mark.parametrize(
    ("trouble", "why", "allowed"),
    [
        ("while True:\n    pass", "more than 20 seconds", {"seconds": 20}),
        ("os._exit(0)", "ended the process", {}),
        ("import ctypes\nctypes.string_at(0)", "ended the process", {}),
        ("kept = []\nwhile True:\n    kept.append(bytearray(10_000_000))", "memory", {"memory": 1024 * MIB}),
        ("for _ in range(1000):\n    os.write(1, b'x' * 100_000)\ninput()", "printed more than", {}),
        (
            "import subprocess, time\nfor _ in range(9):\n    subprocess.Popen(['sleep', '600'])\ntime.sleep(600)",
            "processes",
            {"processes": 8},
        ),
    ],
    ids=["loop", "exit", "crash", "memory", "flood", "processes"],
)
def test_a_cell_that_is_stopped_costs_its_own_exercise_only(trouble: str, why: str, allowed: dict) -> None:
    if sys.platform == "win32" and "sleep" in trouble:
        pytest.skip("there is no program called sleep")
    findings = run(START, Cell(f"{RIGHT}\n{trouble}", "softmax"), CHECK, RIGHT_MASK, CHECK_MASK, **allowed)
    assert why in findings.stopped[1]
    assert "softmax" not in findings.outcomes
    assert kind(findings, "causal_mask") == "CORRECT"


def test_memory_that_a_failed_answer_has_kept_harms_no_other() -> None:
    """Stopped in a call that Python cannot break, or caught in an error: what it has filled is still there."""
    greedy = """
KEPT = []
def softmax(x, dim):
    try:
        while True:
            KEPT.append(torch.ones(50_000_000, dtype=torch.uint8))
    except RuntimeError:
        raise ValueError("full") from None
"""
    findings = run(START, Cell(greedy, "softmax"), CHECK, RIGHT_MASK, CHECK_MASK, memory=1024 * MIB)
    assert "memory" in findings.stopped[2]
    assert kind(findings, "causal_mask") == "CORRECT"


def test_printing_is_cut_off_and_asking_gets_no_answer() -> None:
    findings = run(START, "for _ in range(1000): print('x' * 100_000)", "input('your name? ')", told("'on and on'"))
    assert "TooMuchOutput" in findings.errors[1]
    assert "EOFError" in findings.errors[2]
    assert "on and on" in findings.errors[3] and not findings.stopped


def test_nothing_that_was_started_stays_behind() -> None:
    sleeper = "import time; time.sleep(600)"
    started = f"import subprocess\np = subprocess.Popen([sys.executable, '-c', {sleeper!r}], start_new_session=True)"
    findings = run(START, started, told("p.pid"))
    pid = int(findings.errors[2].rpartition(" ")[2])
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform == "win32", reason="there, a process does not learn of the end of its parent")
def test_when_the_grading_is_killed_the_submission_ends(tmp_path: Path) -> None:
    code = """
from llmcourse.classroom.apart import run_apart
from llmcourse.classroom.cells import Cell
from llmcourse.classroom.limits import Limits
run_apart("04", [Cell("import time; time.sleep(600)")], Limits(seconds=300))
"""
    with subprocess.Popen([sys.executable, "-c", code], env=os.environ) as grading:
        (worker,) = wait_for(lambda: psutil.Process(grading.pid).children())
        grading.kill()
    worker.wait(timeout=120)


def wait_for(what: Callable[[], list]) -> list:
    """What there is, as soon as there is something."""
    while not (found := what()):
        time.sleep(0.05)
    return found


def test_it_can_be_called_off() -> None:
    cancelled = threading.Event()
    threading.Timer(1, cancelled.set).start()
    findings = run_apart("04", [Cell("import time; time.sleep(600)")], Limits(), cancelled)
    assert not findings.outcomes


def test_a_process_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false" if Path("/bin/false").exists() else sys.executable)
    if sys.executable != "/bin/false":
        pytest.skip("there is no program called false")
    findings = run("1")
    assert "exit code 1" in findings.failure


@linux_only
def test_where_python_lies_in_a_strange_place_the_wall_goes_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "readable_places", list)
    findings = run("1 / 0")
    if any(line.endswith("no Landlock") for line in findings.missing_walls):
        pytest.skip(f"not here: {findings.missing_walls}")
    assert "ZeroDivisionError" in findings.errors[0]
    assert any("did not start" in line for line in findings.missing_walls)


# ---- what it finds around it


def test_its_home_is_empty_and_its_settings_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("LLMCOURSE_STRICT", "1")
    findings = run(
        "import os, pathlib",
        told("os.environ.get('GITHUB_TOKEN', 'none of your business')"),
        told("os.environ.get('LLMCOURSE_STRICT', 'not strict')"),
        told("[name for name in os.listdir() if not name.startswith('.')] == []"),
        told("pathlib.Path.home().samefile('.')"),
    )
    assert "none of your business" in findings.errors[1]
    assert "not strict" in findings.errors[2]
    assert "True" in findings.errors[3]
    assert "True" in findings.errors[4]


@linux_only
def test_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        call = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=5)"
        findings = run(call)
    if any("network" in line for line in findings.missing_walls):
        pytest.skip(f"not here: {findings.missing_walls}")
    assert "Error" in findings.errors[0]


@linux_only
def test_no_files_of_others(tmp_path: Path) -> None:
    theirs = tmp_path / "neighbour.ipynb"
    theirs.write_text("the answer")
    findings = run(
        f"open({str(theirs)!r}).read()",
        f"import os; os.remove({str(theirs)!r})",
        f"open({str(tmp_path / 'new')!r}, 'w')",
        "open('mine', 'w').write('x'); import subprocess; subprocess.run('ls', check=True)",
    )
    if any("files" in line for line in findings.missing_walls):
        pytest.skip(f"not here: {findings.missing_walls}")
    assert [findings.errors[place].partition(":")[0] for place in range(3)] == ["PermissionError"] * 3
    assert 3 not in findings.errors
    assert theirs.read_text() == "the answer"


@linux_only
def test_without_namespaces_tcp_at_least_is_refused() -> None:
    code = """
import socket
from llmcourse.classroom import walls
with socket.create_server(("127.0.0.1", 0)) as server:
    print(walls.refuse_tcp())
    try:
        socket.create_connection(server.getsockname(), timeout=5)
        print("connected")
    except PermissionError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    if done.stdout.startswith("False"):
        pytest.skip("this Linux has no Landlock that knows of TCP")
    assert done.stdout.split() == ["True", "refused"], done.stderr


def test_what_a_system_does_not_have_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "LINUX", False)
    for line in (walls.cut_off_network(), walls.allow_files([], [], [])):
        assert "this system" in line and "\n" not in line


# ---- the parts that act from inside, alone


def test_output_is_counted_for_each_cell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    restart = limit_output(10)
    print("12345")
    with pytest.raises(TooMuchOutput):
        print("1234567", file=sys.stderr)
    restart()
    sys.stdout.writelines(["123", "456"])
    assert sys.stdout.isatty() is False
    assert capsys.readouterr().out == "12345\n123456"


def test_without_help_of_the_system_a_thread_watches_the_memory() -> None:
    code = """
from llmcourse.classroom import limits
limits.LINUX = False
assert not limits.limit_memory(200 * limits.MIB)
kept = []
try:
    while True:
        kept.append(bytearray(1_000_000))
except MemoryError:
    print(len(kept))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert int(done.stdout) > 50, done.stderr


def test_an_exception_is_planted_in_a_thread() -> None:
    caught = threading.Event()

    def wait() -> None:
        try:
            while True:
                time.sleep(0.01)
        except MemoryError:
            caught.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    raise_in(thread, MemoryError)
    assert caught.wait(60)


@linux_only
def test_the_system_limits_memory_processes_and_files() -> None:
    code = """
import resource
from llmcourse.classroom import limits
assert limits.limit_memory(500 * limits.MIB)
limits.limit_processes()
limits.limit_files_and_time(30)
for what in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
    print(resource.getrlimit(what)[1])
assert resource.getrlimit(resource.RLIMIT_NPROC)[0] != resource.RLIM_INFINITY
try:
    bytearray(10**9)
except MemoryError:
    print("no")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert done.stdout.split() == [str(500 * MIB), str(limits.LARGEST_FILE), "31", "no"], done.stderr
