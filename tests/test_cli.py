"""The `llmcourse` command: help that teaches, errors of one line, exit codes, and each command's real work."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import llmcourse
from llmcourse import cli
from llmcourse.cli import environment, models
from llmcourse.errors import CourseError

COMMANDS = ["lab", "doctor", "sample", "attend", "pretrain", "tune", "run", "notebooks build", "notebooks check"]
COMMANDS += [
    "notebooks solve",
    "notebooks link",
    "data build",
    "data check",
    "data info",
    "progress export",
    "progress merge",
    "guide build",
    "guide check",
]
COMMANDS += ["grade", "slides", "site", "classroom export", "classroom collect"]
WITHOUT_CHOICES = {"doctor", "notebooks check", "data build", "data check", "guide check"}


def run(*words: str) -> Any:
    return CliRunner().invoke(cli.app, list(words), env={"COLUMNS": "120"})


def raising(error: BaseException) -> Callable[..., None]:
    def raise_it(*_: Any, **__: Any) -> None:
        raise error

    return raise_it


def main_with(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the real entry point."""
    monkeypatch.setattr(sys, "argv", ["llmcourse", *words])
    with pytest.raises(SystemExit) as exit:
        cli.main()
    return int(exit.value.code or 0)


# ---- help


def test_help_lists_every_command() -> None:
    text = run("--help").output
    for command in COMMANDS:
        assert command.split()[0] in text


def test_commands_are_the_ones_that_are_tested() -> None:
    group = typer.main.get_command(cli.app)
    found = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {inner}" for inner in command.commands] if hasattr(command, "commands") else [name]
    assert sorted(found) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_teaches(command: str) -> None:
    text = run(*command.split(), "--help").output
    if command in WITHOUT_CHOICES:
        assert len(re.sub(r"[^a-z ]", "", text)) > 60
    else:
        assert "Example" in text
        assert f"llmcourse {command}" in text


def test_no_words_means_help() -> None:
    assert "llmcourse lab" in run().output


def test_version() -> None:
    result = run("--version")
    assert result.output == f"llmcourse {llmcourse.__version__}\n"
    assert result.exit_code == 0


def test_python_m_llmcourse_is_the_same_command() -> None:
    words = [sys.executable, "-m", "llmcourse", "--version"]
    result = subprocess.run(words, capture_output=True, text=True, check=True)
    assert result.stdout == f"llmcourse {llmcourse.__version__}\n"


# ---- errors


def test_an_error_of_the_reader_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", raising(CourseError("'zebra' is not in the vocabulary;\n  take another word")))
    assert main_with(monkeypatch) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "llmcourse: 'zebra' is not in the vocabulary; take another word\n"


def test_a_file_that_cannot_be_written_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", raising(PermissionError(errno.EACCES, "Permission denied", "page.html")))
    assert main_with(monkeypatch) == 2
    assert capsys.readouterr().err == "llmcourse: page.html: Permission denied\n"


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "app", raising(KeyError("ours")))
    monkeypatch.setattr(sys, "argv", ["llmcourse"])
    with pytest.raises(KeyError, match="ours"):
        cli.main()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sample", "The zebra"], "zebra"),
        (["attend", "The zebra", "--out", "page.html"], "zebra"),
        (["attend", "", "--out", "page.html"], "text"),
        (["sample", "--checkpoint", "nowhere.safetensors"], "nowhere.safetensors"),
        (["sample", "--temperature", "-1"], "temperature"),
        (["run", "99"], "99"),
        (["data", "info", "moby"], "moby"),
        (["notebooks", "solve", "nowhere.ipynb", "--out", "x.ipynb"], "nowhere"),
    ],
)
def test_bad_input_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    tiny_checkpoint: Path,
    words: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LLMCOURSE_NOTEBOOKS", str(tmp_path))
    if words[0] in ("sample", "attend") and "--checkpoint" not in words:
        words = [*words, "--checkpoint", str(tiny_checkpoint)]
    assert main_with(monkeypatch, *words) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert len(captured.err.splitlines()) == 1
    assert "Traceback" not in captured.err


def test_a_word_that_is_no_option_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("sample", "--temprature", "1")
    assert result.exit_code == 2
    assert "--temperature" in result.output  # the nearest one is suggested


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_is_one_line() -> None:
    code = "import os, signal, time, llmcourse.cli as c\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job ignores it
    code += "def stop(): os.kill(os.getpid(), signal.SIGINT); time.sleep(30)\n"
    code += "c.app.command('stop')(stop); c.main()"
    result = subprocess.run([sys.executable, "-c", code, "stop"], capture_output=True, text=True, check=False)
    assert result.returncode == 130
    assert result.stdout + result.stderr == "llmcourse: stopped\n"


# ---- models


@pytest.fixture(scope="module")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learned nothing, with the vocabulary of the world."""
    from llmcourse.corpus import WordTokenizer, World
    from llmcourse.model import GPT, ModelConfig
    from llmcourse.model.checkpoint import save_model

    tokenizer = WordTokenizer.for_world(World())
    model = GPT(ModelConfig(vocab_size=tokenizer.vocab_size, d_model=16, n_layers=2, n_heads=2))
    path = tmp_path_factory.mktemp("checkpoint") / "tiny.safetensors"
    save_model(path, model, tokenizer)
    return path


def test_sample_judges_each_story(tiny_checkpoint: Path) -> None:
    words = ("sample", "-n", "3", "--seed", "5", "--checkpoint", str(tiny_checkpoint))
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert result.output.count("✗ not a story of this world: ") == 3
    assert run(*words).output == result.output  # the seed decides
    first, second = result.output.split("\n\n")[:2]
    assert first != second  # but each story has its own


def test_sample_knows_a_story_when_it_sees_one(monkeypatch: pytest.MonkeyPatch, tiny_checkpoint: Path) -> None:
    from llmcourse.corpus import World

    story = World().story(seed=1).text
    monkeypatch.setattr("llmcourse.inference.stream_text", lambda *words, **choices: iter([story]))
    result = run("sample", "--checkpoint", str(tiny_checkpoint))
    assert result.output == f"{story}\n✓ a story of the world\n\n"


def test_a_folder_of_the_hugging_face_form(tmp_path: Path) -> None:
    """What `save_pretrained` or the `transformers` library wrote: the same stories as from our file, and a page."""
    from llmcourse.model import BERT, ModelConfig, pretrained
    from llmcourse.model.hub import save_pretrained

    model, tokenizer = pretrained("gpt-world")
    save_pretrained(tmp_path / "gpt", model, tokenizer)
    words = ("sample", "Mia the baker", "--seed", "5")
    folder = ("--checkpoint", str(tmp_path / "gpt"))
    assert run(*words, *folder).output == run(*words).output
    assert run("attend", "Mia the baker lived", "--out", str(tmp_path / "page.html"), *folder).exit_code == 0
    config = ModelConfig(vocab_size=tokenizer.vocab_size, d_model=16, n_heads=2, positions="learned", norm="layernorm",
                         norm_position="post", tie_embeddings=True, embedding_norm=True, n_segments=2)  # fmt: skip
    save_pretrained(tmp_path / "bert", BERT(config), tokenizer)
    result = run("sample", "--checkpoint", str(tmp_path / "bert"))
    assert result.exit_code == 1
    assert "holds a BERT, and this needs a GPT" in str(result.exception)


def test_sample_hands_on_its_choices(monkeypatch: pytest.MonkeyPatch, tiny_checkpoint: Path) -> None:
    asked: list[dict] = []
    monkeypatch.setattr("llmcourse.inference.stream_text", lambda *words, **choices: asked.append(choices) or ["Mia"])
    numbers = {"--temperature": "0.5", "--top-k": "7", "--top-p": "0.9", "--min-p": "0.1", "--typical-p": "0.8"}
    words = [word for pair in numbers.items() for word in pair] + ["--stop", "Who", "--stop", "What"]
    run("sample", *words, "--checkpoint", str(tiny_checkpoint))
    chosen = {"temperature": 0.5, "top_k": 7, "top_p": 0.9, "min_p": 0.1, "typical_p": 0.8, "stop": ["Who", "What"]}
    assert asked == [{**chosen, "seed": None}]


def test_a_stream_is_the_same_text(tiny_checkpoint: Path) -> None:
    words = ("sample", "--seed", "5", "--checkpoint", str(tiny_checkpoint))
    assert run(*words, "--stream").output == run(*words).output


def test_attend_writes_a_page(tmp_path: Path, tiny_checkpoint: Path) -> None:
    from llmcourse.corpus import World, join_words, split_words

    text = join_words(split_words(World().story(seed=1).text)[:8])
    page = tmp_path / "page.html"
    result = run("attend", text, "--out", str(page), "--checkpoint", str(tiny_checkpoint))
    assert result.exit_code == 0, result.output
    assert f"wrote {page}" in result.output.replace("\n", "")
    assert "<html" in page.read_text(encoding="utf-8").lower()


def test_pretrain_hands_on_its_choices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[dict] = []
    monkeypatch.setattr("llmcourse.training.pretrain.pretrain", lambda **choices: asked.append(choices) or 0.25)
    result = run("pretrain", "--steps", "3", "--seed", "4", "--out", str(tmp_path / "m.safetensors"), "--resume")
    assert asked == [
        {"out": tmp_path / "m.safetensors", "seconds": None, "steps": 3, "resume": True, "seed": 4, "family": "gpt"},
    ]
    assert "m.safetensors: 0.2500 nats per token" in result.output.replace("\n", "")


def test_tune_hands_on_its_choices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[dict] = []
    monkeypatch.setattr("llmcourse.training.tune.tune", lambda **choices: asked.append(choices) or {"count": 0.5})
    result = run("tune", "--steps", "3", "--seed", "4", "--out", str(tmp_path / "m.safetensors"))
    assert asked == [{"out": tmp_path / "m.safetensors", "steps": 3, "seed": 4}]
    assert "m.safetensors: count 50% right" in result.output.replace("\n", "")


@pytest.mark.parametrize("task", ["sentiment", "answers"])
def test_tune_knows_other_tasks(monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr(f"llmcourse.training.tune_task.tune_{task}", lambda *how: asked.append(how) or {"exact": 0.9})
    result = run("tune", task, "--steps", "3")
    assert asked[0][0] == Path("runs") / f"{task}-world.safetensors"
    assert asked[0][-2:] == (3, 0)
    assert "exact 90% right" in result.output.replace("\n", " ")


@pytest.mark.parametrize(
    ("family", "name", "unit"),
    [
        ("gpt", "gpt-world", "nats per token"),
        ("bert", "bert-world", "nats per hidden word"),
        ("encoder_decoder", "encoder-decoder-world", "nats per token of the answer"),
    ],
)
def test_pretrain_knows_three_families(monkeypatch: pytest.MonkeyPatch, family: str, name: str, unit: str) -> None:
    asked: list[dict] = []
    monkeypatch.setattr("llmcourse.training.pretrain.pretrain", lambda **choices: asked.append(choices) or 0.25)
    result = run("pretrain", "--family", family)
    assert (asked[0]["family"], asked[0]["out"]) == (family, Path("runs") / f"{name}.safetensors")
    assert f"0.2500 {unit} on" in " ".join(result.output.split())


def test_pretrain_reads_real_text_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr(
        "llmcourse.training.pretrain_text.pretrain_text",
        lambda *names, **choices: asked.append((names, choices)) or 1.5,
    )
    result = run("pretrain", "--corpus", "tinyshakespeare", "--tokens", "bpe", "--steps", "3")
    choices = {"steps": 3, "seconds": None, "seed": 0, "resume": False}
    assert asked == [((Path("runs") / "gpt-tinyshakespeare.safetensors", "tinyshakespeare", "bpe"), choices)]
    assert "1.5000 nats per character" in " ".join(result.output.split())

    refused = run("pretrain", "--corpus", "tinyshakespeare", "--family", "bert")
    assert refused.exit_code != 0
    said = " ".join((refused.output + str(refused.exception or "")).split())
    assert "--family bert learns from the story world alone: leave --corpus tinyshakespeare out" in said


def test_pretrain_refuses_an_unknown_family_in_one_line() -> None:
    result = run("pretrain", "--family", "rnn")
    assert result.exit_code != 0
    said = result.output + str(result.exception or "")
    assert "family='rnn' is unknown: choose one of gpt, bert, encoder_decoder" in " ".join(said.split())


def test_without_a_checkpoint_the_shipped_model_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmcourse.model.checkpoint.pretrained", lambda name: f"shipped {name}")
    assert models._load(None) == "shipped gpt-world"


def test_every_example_is_in_the_vocabulary(root: Path) -> None:
    from llmcourse.corpus import WordTokenizer, World

    texts = [run("sample", "--help").output, run("attend", "--help").output]
    texts.append((root / "README.md").read_text(encoding="utf-8"))
    examples = [found for text in texts for found in re.findall(r'llmcourse (?:sample|attend) "([^"]+)"', text)]
    assert len(examples) >= 5
    tokenizer = WordTokenizer.for_world(World())
    for example in examples:
        assert tokenizer.encode(example)  # raises UnknownWord for a word that no story has


# ---- progress


@pytest.fixture
def fresh_learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered, and what is written goes to a folder of the test's own."""
    monkeypatch.setenv("LLMCOURSE_PROGRESS", str(tmp_path / "mine" / "progress.json"))
    monkeypatch.chdir(tmp_path)


def test_progress_is_a_map_in_80_columns(fresh_learner: None) -> None:
    from llmcourse.course.record import record_attempt, record_opened

    record_opened("00")
    record_attempt("04", "softmax", "correct")
    result = CliRunner().invoke(cli.app, ["progress"], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert max(map(len, lines[:-1])) <= 80  # the last one names the file, however long its name
    assert "\x1b" not in result.output
    (chapter,) = [line for line in lines if " 04 " in line]
    assert chapter.split() == ["…", "04", "Self-attention", "✓○○○", "1", "of", "4", "○"]
    assert any(line.startswith("2 of ") and " 1 of " in line for line in lines)


def test_progress_of_one_chapter(fresh_learner: None) -> None:
    from llmcourse.course.record import record_hint

    record_hint("04", "attention", 2)
    for number in ("4", "04"):
        assert re.search(r"attention\W+○ open\W+2 hints", run("progress", "--chapter", number).output)
    assert isinstance(run("progress", "--chapter", "77").exception, CourseError)


def test_progress_is_handed_in_and_merged(fresh_learner: None, tmp_path: Path) -> None:
    result = run("progress", "export", "--name", "Ada")
    assert result.exit_code == 0, result.output
    assert "wrote progress-ada.json" in result.output
    assert "no code, no text and no times" in result.output
    (tmp_path / "half.json").write_text("{", encoding="utf-8")
    for _ in range(2):
        result = run("progress", "merge", ".", "--out", "table.csv")
        assert result.exit_code == 0, result.output
        assert "left out: half.json: it is no JSON" in result.output
        assert "wrote table.csv: 1 student" in result.output
    assert "the table that was there is now table.old-1.csv" in result.output


def test_progress_export_needs_a_name() -> None:
    result = run("progress", "export")
    assert result.exit_code == 2
    assert "--name" in result.output


# ---- notebooks


@pytest.fixture
def two_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a notebook that works and one that does not."""
    import nbformat.v4 as nb

    for name, source in (("04_works", "1 + 1"), ("05_breaks", "1 / 0  # [bold]")):
        notebook = nb.new_notebook(cells=[nb.new_code_cell(source)])
        (tmp_path / f"{name}.ipynb").write_text(nb.writes(notebook), encoding="utf-8")
    monkeypatch.setenv("LLMCOURSE_NOTEBOOKS", str(tmp_path))
    return tmp_path


def test_run_says_how_each_notebook_went(two_notebooks: Path) -> None:
    result = run("run")
    assert result.exit_code == 1
    assert re.search(r"04_works\W+✓ passed", result.output)
    assert re.search(r"05_breaks\W+✗ .*1 / 0", result.output)
    assert "division by zero" in result.output
    assert "1 of 2 failed" in result.output


def test_run_of_one_that_works(two_notebooks: Path) -> None:
    result = run("run", "4")
    assert result.exit_code == 0
    assert "05_breaks" not in result.output


def test_notebooks_build_and_check(two_notebooks: Path) -> None:
    assert run("notebooks", "check", "4").exit_code == 1
    result = run("notebooks", "build", "04_works")
    assert result.exit_code == 0
    assert "✓ 04_works.ipynb" in result.output
    assert "never built" not in run("notebooks", "check", "4").output


# ---- data


def test_data_build_and_check_in_a_folder_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("llmcourse.corpus.build.SPLITS", {"test": (3, 3), "train": (5, 1)})
    monkeypatch.setattr("llmcourse.corpus.build.explore", lambda: ["Mia"])
    assert run("data", "build", "--folder", str(tmp_path)).exit_code == 0
    assert run("data", "check", "--folder", str(tmp_path)).exit_code == 0
    (tmp_path / "world" / "test.txt").write_text("changed", encoding="utf-8")
    result = run("data", "check", "--folder", str(tmp_path))
    assert result.exit_code == 1
    assert "✗ world/test.txt" in result.output


def test_data_info_describes_the_world() -> None:
    result = run("data", "info")
    assert result.exit_code == 0, result.output
    assert re.search(r"train\W+20,000", result.output)


# ---- lab


class FakeLab:
    """Stands in for JupyterLab and keeps what it was asked for."""

    asked: list[str] = []

    @classmethod
    def launch_instance(cls, argv: list[str]) -> None:
        cls.asked = argv


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> type[FakeLab]:
    monkeypatch.setattr("jupyterlab.labapp.LabApp", FakeLab)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/of/the/reader")
    return FakeLab


def test_lab_opens_the_welcome_notebook(lab: type[FakeLab], two_notebooks: Path) -> None:
    assert run("lab", "--no-browser", "--port", "8890").exit_code == 0
    assert f"--ServerApp.root_dir={two_notebooks.parent}" in lab.asked
    assert f"--LabApp.default_url=/lab/tree/{two_notebooks.name}/00_welcome.ipynb" in lab.asked
    assert "--no-browser" in lab.asked
    assert lab.asked[-2:] == ["--port", "8890"]


def test_lab_asks_nobody_for_news(lab: type[FakeLab], two_notebooks: Path) -> None:
    from jupyterlab_server.settings_utils import _get_overrides

    run("lab")
    assert "--no-browser" not in lab.asked
    assert any(word.endswith("NeverCheckForUpdate") for word in lab.asked)
    first, *others = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert (Path(first) / "labconfig" / "default_setting_overrides.json").is_file()
    assert others == ["/of/the/reader"]
    settings, _ = _get_overrides(str(two_notebooks))
    assert settings["@jupyterlab/apputils-extension:notification"] == {"checkForUpdates": False, "fetchNews": "false"}


def test_notebooks_inside_an_installed_package_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = tmp_path / "_notebooks"
    installed.mkdir()
    for name in ("00_welcome.ipynb", "04_attention.ipynb"):
        (installed / name).write_text("new", encoding="utf-8")
    work = tmp_path / "work"
    (work / "notebooks").mkdir(parents=True)
    (work / "notebooks" / "00_welcome.ipynb").write_text("of the learner", encoding="utf-8")
    monkeypatch.chdir(work)
    assert environment._to_work_in(installed) == work / "notebooks"
    assert (work / "notebooks" / "00_welcome.ipynb").read_text(encoding="utf-8") == "of the learner"
    assert (work / "notebooks" / "04_attention.ipynb").read_text(encoding="utf-8") == "new"
    assert str(work / "notebooks") in capsys.readouterr().out
