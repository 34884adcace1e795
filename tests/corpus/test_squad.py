"""SQuAD's JSON, in both versions, and what is said about files that are wrong."""

import json
import os
import re

import pytest

from llmcourse.corpus.downloads import FILES
from llmcourse.corpus.squad import SpanQuestion, load_squad, parse_squad, read_squad, to_squad, write_squad
from llmcourse.errors import CourseError

CONTEXT = "Mia lost a ring. Tom found the ring."


def squad(**asked):
    qas = [{"id": "1", "question": "Who found it?", "answers": [{"text": "Tom", "answer_start": 17}], **asked}]
    return {"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": CONTEXT, "qas": qas}]}]}


def test_version_1():
    (question,) = parse_squad(squad())
    assert (question.answers, question.starts, question.span) == (("Tom",), (17,), (17, 20))
    assert question.has_answer


def test_version_2_has_questions_without_an_answer():
    plausible = [{"text": "Tom", "answer_start": 17}]
    (question,) = parse_squad(squad(answers=[], is_impossible=True, plausible_answers=plausible))
    assert question.answers == ()
    assert question.span is None


def test_several_gold_answers():
    answers = [{"text": "a ring", "answer_start": 9}, {"text": "ring", "answer_start": 31}]
    (question,) = parse_squad(squad(answers=answers))
    assert question.answers == ("a ring", "ring")
    assert question.span == (9, 15)


def test_writing_and_reading(tmp_path):
    questions = [
        SpanQuestion("a", "Who lost it?", CONTEXT, ("Mia",), (0,)),
        SpanQuestion("b", "Who sold it?", CONTEXT),
        SpanQuestion("c", "Qui ?", "Zoë – là.", ("là",), (6,)),
    ]
    write_squad(tmp_path / "q.json", questions)
    assert read_squad(tmp_path / "q.json") == questions
    assert len(to_squad(questions)["data"][0]["paragraphs"]) == 2  # two about one text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (squad(answers=[{"text": "Zoe", "answer_start": 3}]), "question '1': the answer 'Zoe' does not stand in its"),
        (squad(answers=[{"text": "ring", "answer_start": 10}]), "'rin'.*begins at character 11|at character 10"),
        (squad(answers=[{"text": "Tom", "answer_start": -19}]), "at character -19 .* begins at character 17"),
        (squad(answers=[{"text": "", "answer_start": 0}]), "'1' has an empty answer"),
        (squad(question=" "), "'1' has no words"),
        ({}, "there is no 'data'"),
        ([], "not SQuAD's format"),
        ({"data": [{"paragraphs": [{"context": CONTEXT, "qas": [{"id": 1}]}]}]}, "there is no 'answers'"),
    ],
)
def test_bad_content_is_told_in_one_line(content, words):
    with pytest.raises(CourseError) as caught:
        parse_squad(content)
    assert re.search(words, str(caught.value))
    assert "\n" not in str(caught.value)


def test_two_questions_of_one_id():
    content = squad()
    content["data"] *= 2
    with pytest.raises(CourseError, match="two questions have the id '1'"):
        parse_squad(content)


def test_answers_and_places_must_be_as_many():
    with pytest.raises(CourseError, match="1 answers and 0 places"):
        SpanQuestion("1", "Who?", CONTEXT, ("Mia",))


def test_bad_files(tmp_path):
    with pytest.raises(CourseError, match="cannot read"):
        read_squad(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(CourseError, match="is no JSON"):
        read_squad(tmp_path / "broken.json")


def test_versions_that_can_be_fetched(tmp_path, monkeypatch):
    with pytest.raises(CourseError, match="no version '3'"):
        load_squad("3")
    monkeypatch.setenv("LLMCOURSE_MIRROR", str(tmp_path))
    (tmp_path / "dev-v2.0.json").write_text(json.dumps(squad()))
    with pytest.raises(CourseError, match="not the expected file"):
        load_squad("2.0")


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_the_published_files(version):
    folder = os.environ.get("LLMCOURSE_MIRROR", "")
    if not os.path.isfile(os.path.join(folder, FILES[f"squad-dev-v{version}"].name)):
        pytest.skip("SQuAD's file is in no mirror: set LLMCOURSE_MIRROR to a folder that holds it")
    questions = load_squad(version)
    assert len(questions) == {"1.1": 10_570, "2.0": 11_873}[version]
    assert all(question.has_answer for question in questions) == (version == "1.1")
