"""`llmcourse doctor` finds what is missing, names the command that mends it, and ends with the right exit code."""

import hashlib
from collections import namedtuple
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from llmcourse import doctor
from llmcourse.cli import app
from llmcourse.doctor import Finding, Outcome


def one(findings: object) -> Finding:
    """The only finding that is not fine."""
    (finding,) = [finding for finding in findings if finding.outcome is not Outcome.FINE]  # type: ignore[attr-defined]
    return finding


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of two files whose hashes are right."""
    files = {"world/train.txt": b"Mia ran.\n", "checkpoints/gpt-world.safetensors": b"weights"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(content)
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    (tmp_path / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8")
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
    return tmp_path


def test_data_with_the_right_hashes(data: Path) -> None:
    (finding,) = doctor.examine_data()
    assert finding.outcome is Outcome.FINE
    assert str(data) in finding.text


def test_a_changed_story_is_built_again(data: Path) -> None:
    (data / "world" / "train.txt").write_bytes(b"Mia ran!\n")
    finding = one(doctor.examine_data())
    assert finding.outcome is Outcome.MISSING
    assert "world/train.txt is not as the manifest says" in finding.text
    assert finding.mend == "llmcourse data build"


def test_a_missing_model_comes_from_the_repository(data: Path) -> None:
    (data / "checkpoints" / "gpt-world.safetensors").unlink()
    finding = one(doctor.examine_data())
    assert "gpt-world.safetensors is missing" in finding.text
    assert finding.mend == "git restore data"


def test_no_manifest_and_no_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "MANIFEST.sha256").unlink()
    assert "MANIFEST.sha256 is missing" in one(doctor.examine_data()).text
    monkeypatch.setenv("LLMCOURSE_DATA", str(data / "nowhere"))
    assert "nowhere" in one(doctor.examine_data()).text


def test_packages_missing_and_too_new(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = ["numpy>=1", "no-such-package-of-ours>=1", "torch<1", "playwright; extra == 'test'"]
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: declared)
    by_name = {finding.name: finding for finding in doctor.examine_packages()}
    assert by_name["no-such-package-of-ours"].text == "is not installed"
    assert by_name["torch"].outcome is Outcome.MISSING
    assert "tried with <1" in by_name["torch"].text
    assert by_name["packages"].text.startswith("numpy ")
    assert "playwright" not in by_name  # an extra that nobody asked for
    assert all("pip install" in by_name[name].mend for name in ("torch", "no-such-package-of-ours"))


def test_the_course_itself_is_not_installed() -> None:
    assert "itself is not installed" in one(doctor.examine_packages("no-such-package-of-ours")).text


def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMCOURSE_DEVICE", "abacus")
    finding = one(doctor.examine_device())
    assert "'abacus' is no device" in finding.text
    assert finding.mend.startswith("unset LLMCOURSE_DEVICE")


def test_little_memory_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = namedtuple("memory", "available total")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory(2**28, 2**32))
    finding = one(doctor.examine_memory())
    assert finding.outcome is Outcome.NOTE
    assert finding.text.startswith("0.2 of ")


def test_a_container_may_have_less_memory_than_its_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_container_limit", lambda: 2**29)
    assert "of 0.5 GiB" in one(doctor.examine_memory()).text


def test_a_full_disk(tmp_path: Path) -> None:
    finding = one(doctor.examine_disk(enough=1e9, folders=[tmp_path]))
    assert finding.outcome is Outcome.MISSING
    assert finding.mend == f"make room in {tmp_path}"


def test_widgets_that_lab_does_not_know(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(tmp_path)])
    findings = list(doctor.examine_jupyter())
    assert [finding.outcome for finding in findings] == [Outcome.MISSING] * 2
    assert "pip install --force-reinstall" in findings[0].mend


def test_extras_are_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    findings = list(doctor.examine_extras())
    assert [finding.outcome for finding in findings] == [Outcome.NOTE] * 2
    assert all(finding.mend for finding in findings)


def test_a_broken_package_does_not_break_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    def examine_torch() -> list[Finding]:
        raise OSError("libtorch.so: cannot open shared object file")

    monkeypatch.setattr(doctor, "EXAMINATIONS", (examine_torch, doctor.examine_python))
    broken, python = doctor.examine()
    assert broken.name == "torch"
    assert "could not be looked at: libtorch.so" in broken.text
    assert python.outcome is Outcome.FINE


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.FINE, 0), (Outcome.NOTE, 0), (Outcome.MISSING, 1)])
def test_the_command_prints_and_ends_with_the_right_code(
    monkeypatch: pytest.MonkeyPatch, outcome: Outcome, code: int
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: [Finding("thing", outcome, "text [with brackets]", "the command")])
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == code
    assert outcome.value in result.output
    assert "text [with brackets]" in result.output
    assert "mend it: the command" in result.output


def test_this_machine_is_examined() -> None:
    names = {finding.name for finding in doctor.examine()}
    assert {"Python", "packages", "device", "threads", "memory", "disk", "offline data", "JupyterLab"} <= names
