import json
import os
import sys

import pytest

from llmcourse.course import exercises, progress, record
from llmcourse.course.record import load, progress_file, record_attempt, record_hint, record_quiz


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


DAMAGED = [
    "",
    "{",
    "[]",
    "\x00\xff",
    '{"format": "x"}',
    '{"format": 1, "exercises": 3}',
    '{"format": 1, "exercises": {"04.softmax": {"attempts": "many"}}}',
    '{"format": 1, "quizzes": {"04": [1]}}',
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_put_aside_and_said_once(progress_of_its_own, content, capsys):
    progress_of_its_own.write_text(content, encoding="latin-1")
    record_attempt("04", "softmax", "correct")
    record_attempt("04", "softmax", "correct")
    assert load()["exercises"]["04.softmax"]["attempts"] == 2
    assert progress_of_its_own.with_suffix(".damaged.json").read_text(encoding="latin-1") == content
    assert capsys.readouterr().out.count("could not be read") == 1


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


class TestTable:
    def test_shows_what_is_done_tried_and_open(self):
        record_attempt("04", "softmax", "correct")
        record_attempt("04", "attention", "wrong")
        record_hint("04", "attention", 2)
        record_quiz("04", 1, True)
        table = str(progress())
        assert "✓ solved" in line_of(table, "Softmax")
        assert line_of(table, "Scaled dot").split()[-5:] == ["tried", "1", "attempt,", "2", "hints"]
        assert "○ open" in line_of(table, "The causal mask")
        assert "… begun" in line_of(table, "04        quiz")

    def test_says_the_same_as_a_page(self):
        table = progress()
        page = table._repr_mimebundle_()["text/html"]
        assert page.count("<tr>") == len(table.rows) + 1
        assert "<caption>" in page
        assert 'scope="col"' in page


def line_of(text, start):
    return next(line for line in text.splitlines() if start in line)


def test_nothing_is_kept_between_tests():
    assert record._in_memory == {}
    assert load()["exercises"] == {}
