"""Where the course runs: what repo2docker reads, the pinned versions, the dev container, the workflows, the guides."""

import json
import os
import re
import runpy
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GUIDES = sorted((ROOT / "docs" / "running").glob("*.md"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


class TestPins:
    def test_every_line_is_one_exact_release(self) -> None:
        found = pins()
        assert len(found) > 100
        for name, version in found.items():
            assert name == canonicalize_name(name)
            assert Version(version).public == version, f"{name}: a build of one platform, or a folder of one machine"
        assert list(found) == sorted(found)

    @pytest.mark.parametrize("extra", ["", *PROJECT["optional-dependencies"]])
    def test_everything_that_pyproject_asks_for_is_pinned_within_its_range(self, extra: str) -> None:
        found = pins()
        for line in PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]:
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name != "llmcourse":
                assert name in found, f"{name} is not in constraints.txt: run `make pins`"
                assert requirement.specifier.contains(found[name]), f"{line} does not admit {found[name]}"

    def test_make_and_conda_install_them(self) -> None:
        assert "-c constraints.txt" in (ROOT / "scripts" / "install.sh").read_text(encoding="utf-8")
        (pip,) = [entry["pip"] for entry in environment() if isinstance(entry, dict)]
        assert "-c constraints.txt" in pip

    def test_they_can_be_written_anew(self) -> None:
        """What a package requires is found, and what an extra of it requires, however deep."""
        script = runpy.run_path(str(ROOT / "scripts" / "pins.py"))
        found = script["installed"]([Requirement("nbclient")])
        assert {"nbclient", "nbformat", "traitlets"} <= set(found)
        assert "torch" not in found
        assert "fqdn" in script["installed"]([Requirement("jupyter-events")])  # by jsonschema[format-nongpl]
        assert all(Version(version).public == version for version in found.values())
        with pytest.raises(SystemExit, match="no-such-package is not installed"):
            script["installed"]([Requirement("no-such-package")])


def environment() -> list:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


class TestRepo2docker:
    def test_nothing_switches_environment_yml_off(self) -> None:
        """What repo2docker would prefer, or run besides."""
        others = [
            "binder",
            ".binder",
            "Dockerfile",
            "postBuild",
            "start",
            "runtime.txt",
            "requirements.txt",
            "setup.py",
        ]
        assert not [name for name in others if (ROOT / name).exists()]

    def test_the_python_version_fits_its_pattern(self) -> None:
        (python,) = [entry for entry in environment() if isinstance(entry, str) and entry.startswith("python")]
        assert re.fullmatch(r"python=\d+\.\d+", python)

    def test_what_repo2docker_itself_reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        buildpacks = pytest.importorskip("repo2docker.buildpacks", reason="repo2docker is not installed")
        monkeypatch.chdir(ROOT)
        repo2docker = pytest.importorskip("repo2docker.app").Repo2Docker()
        pack = next(pack for kind in repo2docker.buildpacks if (pack := kind(repo2docker.base_image)).detect())
        assert isinstance(pack, buildpacks.CondaBuildPack), "the first that feels responsible builds the image"
        pack.platform = "linux/amd64"
        assert f"python={pack.python_version}" in environment()
        assert not pack._should_preassemble_env, "the repository has to be copied before pip installs it"
        assert '--file "environment.yml"' in pack.render({})

    def test_the_repository_is_there_when_pip_runs(self) -> None:
        """A line that begins with -c or names a folder tells repo2docker to copy everything first."""
        (pip,) = [entry["pip"] for entry in environment() if isinstance(entry, dict)]
        assert pip[0] == "-c constraints.txt"
        assert pip[-1].startswith("-e .")


class TestDevContainer:
    def read(self) -> dict:
        return json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))

    def test_is_json_whose_files_exist(self) -> None:
        container = self.read()
        _, _, install = container["postCreateCommand"].partition(" && ")
        script, requirement, stamp = install.removeprefix("sh ").split()
        assert (ROOT / script).is_file()
        assert (requirement, stamp) == (".", ".venv/installed")
        (mount,) = container["mounts"]  # or the container would replace the .venv of the computer around it
        assert "target=${containerWorkspaceFolder}/.venv,type=volume" in mount
        (notebook,) = container["customizations"]["codespaces"]["openFiles"]
        assert (ROOT / notebook).is_file()

    def test_has_a_python_that_the_course_runs_on(self) -> None:
        version = re.search(r"python:(3\.\d+)", self.read()["image"])
        assert version
        assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(version[1])

    def test_sends_nothing_home(self) -> None:
        assert self.read()["customizations"]["vscode"]["settings"]["telemetry.telemetryLevel"] == "off"


class TestWorkflows:
    def test_there_is_one_for_changes_and_one_for_newest_versions(self) -> None:
        assert [file.name for file in WORKFLOWS] == ["newest.yml", "test.yml"]

    @pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
    def test_runs_the_checks_of_this_repository_with_no_more_rights_than_it_needs(self, file: Path) -> None:
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert set(workflow["permissions"]) <= {"contents", "issues"}
        assert workflow["permissions"]["contents"] == "read"
        (job,) = workflow["jobs"].values()
        commands = [step["run"] for step in job["steps"] if "run" in step]
        assert ".ci/run" in commands
        assert os.name == "nt" or os.access(ROOT / ".ci" / "run", os.X_OK)
        actions = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in actions)
        assert 0 < job["timeout-minutes"] <= 120

    def test_newest_versions_are_tried_every_week_and_without_pins(self) -> None:
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "newest.yml").read_text(encoding="utf-8"))
        (entry,) = workflow[True]["schedule"]  # YAML reads the word `on` as true
        assert len(entry["cron"].split()) == 5
        assert entry["cron"].split()[2:4] == ["*", "*"]
        assert workflow["jobs"]["newest"]["env"]["NEWEST"] == "1"
        plain = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
        assert "NEWEST" not in str(plain)


class TestGuides:
    def test_they_are_there(self) -> None:
        places = {"README", "binder", "colab", "devcontainer", "littlest-jupyterhub", "zero-to-jupyterhub"}
        assert places <= {guide.stem for guide in GUIDES}

    @pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
    def test_every_link_to_a_file_leads_somewhere(self, guide: Path) -> None:
        for target in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", guide.read_text(encoding="utf-8")):
            here = target.startswith("https://") or (guide.parent / target).exists()
            assert here, f"{guide.name} links to {target}"

    def test_the_limits_are_those_of_the_charts_own_words(self) -> None:
        text = (ROOT / "docs" / "running" / "zero-to-jupyterhub.md").read_text(encoding="utf-8")
        (block,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
        values = yaml.safe_load(block)
        single = values["singleuser"]
        assert set(single["memory"]) == set(single["cpu"]) == {"guarantee", "limit"}
        assert single["extraEnv"] == {"LLMCOURSE_THREADS": "1", "OMP_NUM_THREADS": "1"}
        assert values["cull"]["enabled"] is True
        (command,) = [word for word in single["lifecycleHooks"]["postStart"]["exec"]["command"] if "cp" in word]
        assert "--no-clobber" in command

    def test_the_learners_copies_are_brought_and_nothing_is_overwritten(self, tmp_path: Path) -> None:
        """The line of the guide does what it says: new notebooks come, written ones stay."""
        if not shutil.which("sh"):
            pytest.skip("there is no sh here")
        text = (ROOT / "docs" / "running" / "zero-to-jupyterhub.md").read_text(encoding="utf-8")
        values = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)[0])
        sh, option, line = values["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
        course = tmp_path / "course" / "notebooks"
        course.mkdir(parents=True)
        for name in ("00_welcome.ipynb", "04_attention.ipynb"):
            (course / name).write_text("new", encoding="utf-8")
        home = tmp_path / "home"
        (home / "llmcourse").mkdir(parents=True)
        (home / "llmcourse" / "00_welcome.ipynb").write_text("written", encoding="utf-8")
        subprocess.run([sh, option, line.replace("/srv/llmcourse", str(course.parent))], cwd=home, check=False)
        assert (home / "llmcourse" / "00_welcome.ipynb").read_text(encoding="utf-8") == "written"
        assert (home / "llmcourse" / "04_attention.ipynb").read_text(encoding="utf-8") == "new"
