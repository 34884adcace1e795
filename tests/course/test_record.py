import json
import os
import subprocess
import sys

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcourse.course import begin, exercises, record
from llmcourse.course.record import load, progress_file, record_attempt, record_hint, record_opened, record_quiz
from llmcourse.course.remembered import NotProgress, checked, nothing


def test_remembers_across_sessions(progress_of_its_own):
    record_attempt("04", "softmax", "wrong")
    record_attempt("04", "softmax", "correct")
    record_attempt("04", "softmax", "error")
    record_hint("04", "softmax", 2)
    record_hint("04", "softmax", 1)
    stored = json.loads(progress_of_its_own.read_text())
    assert stored["exercises"]["04.softmax"] == {"attempts": 3, "solved": True, "hints": 2}
    assert load() == stored


def test_a_blank_is_no_attempt(progress_of_its_own):
    record_attempt("04", "softmax", "not_attempted")
    assert not progress_of_its_own.exists()


def test_the_first_answer_to_a_question_counts():
    record_quiz("04", 1, False)
    record_quiz("04", 1, True)
    record_quiz("04", 2, True)
    assert load()["quizzes"]["04"] == {"1": False, "2": True}


def test_a_check_is_recorded():
    exercises("04").causal_mask.check(lambda n: None)
    exercises("04").causal_mask.check(lambda n: n)
    assert load()["exercises"] == {"04.causal_mask": {"attempts": 1, "solved": False}}


def test_a_notebook_that_begins_is_opened(progress_of_its_own):
    begin("04")
    begin("04")
    begin("00")
    assert load()["opened"] == ["00", "04"]


DAMAGED = [
    "",
    "{",
    "[]",
    "\x00\xff",
    '{"format": "x"}',
    '{"format": 1, "exercises": 3}',
    '{"format": 1, "exercises": {"04.softmax": {"attempts": "many"}}}',
    '{"format": 1, "quizzes": {"04": [1]}}',
    '{"format": 1, "opened": "04"}',
    '{"format": true}',
    '{"format": 1, "exercises": {"04.softmax": {"attempts": Infinity}}}',
    '{"format": 1, "exercises": {"04.softmax": {"attempts": -1}}}',
    '{"format": 1, "exercises": {"04.softmax": {"solved": "yes"}}}',
    '{"format": ' + "9" * 5000 + "}",
    "[" * 100_000,
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_put_aside_and_said_once(progress_of_its_own, content, capsys):
    progress_of_its_own.write_text(content, encoding="latin-1")
    record_attempt("04", "softmax", "correct")
    record_attempt("04", "softmax", "correct")
    assert load()["exercises"]["04.softmax"]["attempts"] == 2
    assert progress_of_its_own.with_name("progress.damaged-1.json").read_text(encoding="latin-1") == content
    assert capsys.readouterr().out.count("could not be read") == 1


def test_what_was_set_aside_before_is_kept(progress_of_its_own):
    for content in ("first", "second", "third"):
        progress_of_its_own.write_text(content)
        assert load() == nothing()
    aside = [progress_of_its_own.with_name(f"progress.damaged-{number}.json") for number in (1, 2, 3)]
    assert [file.read_text() for file in aside] == ["first", "second", "third"]


def test_cut_off_after_any_byte(progress_of_its_own, capsys):
    record_attempt("04", "softmax", "correct")
    record_quiz("04", 1, True)
    record_opened("04")
    whole = progress_of_its_own.read_bytes()
    for length in range(len(whole)):
        progress_of_its_own.write_bytes(whole[:length])
        begin_and_solve()
        assert load()["exercises"] == {"00.perplexity": {"attempts": 1, "solved": True}}
        aside = progress_of_its_own.with_name("progress.damaged-1.json")
        assert aside.read_bytes() == whole[:length]
        aside.unlink()
        record._said.clear()
    assert capsys.readouterr().out.count("\n") == len(whole)  # one line each time


def begin_and_solve() -> None:
    """What a lesson does with the file."""
    record_opened("00")
    record_attempt("00", "perplexity", "correct")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
counts = st.integers(0, 9)
entries = st.fixed_dictionaries({}, optional={"attempts": counts, "hints": counts, "solved": st.booleans()})
keys = st.sampled_from(["04.softmax", "04.attention", "00.perplexity", "99.unknown"])
progress_values = st.fixed_dictionaries(
    {"format": st.just(1)},
    optional={
        "opened": st.lists(st.sampled_from(["00", "04"])),
        "exercises": st.dictionaries(keys, entries, max_size=3),
        "quizzes": st.dictionaries(st.just("04"), st.dictionaries(st.sampled_from("123"), st.booleans())),
    },
)


@st.composite
def nearly_progress(draw):
    """Progress in which one part, at any level, is something else."""
    value = draw(progress_values)
    place, parts = value, []
    while isinstance(place, dict) and place:
        key = draw(st.sampled_from(sorted(place)))
        parts.append((place, key))
        place = place[key]
    inside, key = draw(st.sampled_from(parts))
    inside[key] = draw(json_values)
    return value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(json_values, nearly_progress(), progress_values).map(json.dumps))
def test_whatever_the_file_holds_a_lesson_goes_on(progress_of_its_own, text):
    for file in progress_of_its_own.parent.glob("progress*"):
        file.unlink()
    record._in_memory.clear()
    progress_of_its_own.write_text(text)
    begin_and_solve()
    assert load()["exercises"]["00.perplexity"]["solved"]
    assert "00" in load()["opened"]
    aside = progress_of_its_own.with_name("progress.damaged-1.json")
    try:
        before = checked(json.loads(text))
    except NotProgress:  # it is kept as it was: aside, or in its place where a newer course wrote it
        assert (aside if aside.exists() else progress_of_its_own).read_text() == text
    else:
        assert not aside.exists()
        kept = json.loads(progress_of_its_own.read_text())
        assert kept["quizzes"] == before["quizzes"]
        assert kept["exercises"].keys() == before["exercises"].keys() | {"00.perplexity"}


@given(progress_values)
def test_what_is_checked_stays_as_it_is(value):
    assert checked(checked(value)) == checked(value)


def test_two_notebooks_at_once(progress_of_its_own):
    """Four processes, and a folder that is not there yet: no attempt of any is lost, and nothing is set aside."""
    code = """
import sys
from llmcourse.course.record import record_attempt
for attempt in range(25):
    record_attempt("04", "softmax", "wrong")
    record_attempt("04", sys.argv[1], "correct")
"""
    folder = progress_of_its_own.parent / "new"
    environment = os.environ | {"LLMCOURSE_PROGRESS": str(folder / "progress.json")}
    words = [sys.executable, "-c", code]
    processes = [subprocess.Popen([*words, f"task{n}"], env=environment, stdout=subprocess.PIPE) for n in range(4)]
    assert [process.communicate()[0] for process in processes] == [b""] * 4
    stored = json.loads((folder / "progress.json").read_text())["exercises"]
    assert stored["04.softmax"]["attempts"] == 100
    assert [stored[f"04.task{n}"]["attempts"] for n in range(4)] == [25] * 4
    assert not list(folder.glob("*damaged*"))


def test_a_lock_that_is_not_to_be_had_delays_once(progress_of_its_own, monkeypatch, capsys):
    monkeypatch.setattr(record, "LOCK_SECONDS", 0.05)
    record_attempt("04", "softmax", "wrong")
    stored = progress_of_its_own.read_bytes()
    with FileLock(f"{progress_of_its_own}.lock"):
        record_attempt("04", "softmax", "correct")
        record_attempt("04", "softmax", "correct")
        assert load()["exercises"]["04.softmax"] == {"attempts": 3, "solved": True}
    assert progress_of_its_own.read_bytes() == stored
    assert capsys.readouterr().out.count("locked") == 1


def test_a_disk_without_locks(progress_of_its_own, monkeypatch):
    def no_locks(self):
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(FileLock, "acquire", no_locks)
    begin_and_solve()
    assert json.loads(progress_of_its_own.read_text())["opened"] == ["00"]


@pytest.mark.parametrize("inside", [False, True])
def test_a_folder_in_the_place_of_the_file_is_left_alone(progress_of_its_own, inside, capsys):
    progress_of_its_own.mkdir()
    if inside:
        (progress_of_its_own / "thesis.txt").write_text("all of it")
    begin_and_solve()
    assert load()["opened"] == ["00"]
    assert progress_of_its_own.is_dir()
    assert (progress_of_its_own / "thesis.txt").exists() is inside
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no /dev/null")
def test_a_device_in_the_place_of_the_file_is_left_alone(monkeypatch, tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")  # reading it would wait for ever
    for place in (os.devnull, str(tmp_path / "pipe")):
        monkeypatch.setenv("LLMCOURSE_PROGRESS", place)
        begin_and_solve()
        assert load()["opened"] == ["00"]
        assert not os.path.isfile(place)
        assert f"{place} is no file" in capsys.readouterr().out


@pytest.mark.parametrize("call", ["read_text", "rename", "open"])
def test_what_the_system_refuses(progress_of_its_own, monkeypatch, call, capsys):
    """Not readable, damaged and not movable, not writable: said in one line, and the lesson goes on."""
    progress_of_its_own.write_text("damaged" if call == "rename" else json.dumps(nothing()))
    content = progress_of_its_own.read_text()

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "x")

    if call == "open":
        monkeypatch.setattr("llmcourse.storage.open", refuse, raising=False)
    else:
        monkeypatch.setattr(f"pathlib.Path.{call}" if call == "read_text" else f"os.{call}", refuse)
    begin_and_solve()
    assert load()["exercises"]["00.perplexity"]["solved"]
    monkeypatch.undo()
    assert progress_of_its_own.read_text() == content
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "not saved" in out
    assert "Permission denied" in out


def test_a_file_of_a_newer_course_is_left_alone(progress_of_its_own, capsys):
    newer = '{"format": 99, "exercises": []}'
    progress_of_its_own.write_text(newer)
    record_attempt("04", "softmax", "correct")
    assert load()["exercises"]["04.softmax"]["solved"]
    assert progress_of_its_own.read_text() == newer
    assert "newer" in capsys.readouterr().out


def test_where_nothing_can_be_written_it_goes_on_in_memory(tmp_path, monkeypatch, capsys):
    (tmp_path / "a file").write_text("not a folder")
    monkeypatch.setenv("LLMCOURSE_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    for _ in range(3):
        record_attempt("04", "softmax", "wrong")
    assert load()["exercises"]["04.softmax"]["attempts"] == 3
    assert capsys.readouterr().out.count("not saved") == 1


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user's limits")
def test_without_permission(tmp_path, monkeypatch, capsys):
    tmp_path.chmod(0o500)
    monkeypatch.setenv("LLMCOURSE_PROGRESS", str(tmp_path / "progress.json"))
    record_attempt("04", "softmax", "wrong")
    assert "not saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_DATA_HOME", "{folder}/llmcourse/progress.json"),
        ("win32", "LOCALAPPDATA", "{folder}/llmcourse/progress.json"),
        ("darwin", "HOME", "{folder}/Library/Application Support/llmcourse/progress.json"),
    ],
)
def test_the_file_lies_where_the_system_wants_it(platform, variable, expected, tmp_path, monkeypatch):
    monkeypatch.delenv("LLMCOURSE_PROGRESS")
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert progress_file().as_posix() == expected.format(folder=tmp_path.as_posix())


def test_nothing_is_kept_between_tests():
    assert record._in_memory == {}
    assert load()["exercises"] == {}
