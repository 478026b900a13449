"""run.sh or run.bat end to end on a small repository of their own; nothing is downloaded."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import launch

ROOT = Path(__file__).resolve().parent.parent.parent
RUN = "run.bat" if os.name == "nt" else "run.sh"
CLI = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), sys.prefix]))
sys.exit(7)
"""


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        (root / "scripts").mkdir(parents=True)
        for name in (RUN, "scripts/launch.py"):
            shutil.copy(ROOT / name, root / name)
        (root / "scripts" / "__init__.py").touch()
        (root / "scripts" / "cli.py").write_text(CLI)
        self.requirements = root / "requirements-base.txt"
        self.requirements.write_text("# none\n")

    def run(self, *arguments: str, folder: Path,
            **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(self.root / RUN), *arguments], cwd=folder, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, check=False,
                              env={**os.environ, **environment})


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Set up once; that its making is told and works is tested with it."""
    repository = Repository(tmp_path_factory.mktemp("a folder") / "with spaces")
    done = repository.run("styles", folder=repository.root)
    assert done.returncode == 7, done.stderr
    assert "Making the virtual environment" in done.stderr
    assert '[["styles"]' in done.stdout
    return repository


def test_it_is_quiet_when_nothing_is_to_install(repository: Repository, tmp_path: Path) -> None:
    assert repository.run("styles", folder=tmp_path).stderr == ""


def test_arguments_folder_and_exit_code_pass_through(repository: Repository,
                                                     tmp_path: Path) -> None:
    """Not even a package called `scripts` where the caller stands gets in between."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "__init__.py").touch()
    arguments = ["render", "--in", "my film.mp4", "*.mov", "--out", ""]
    done = repository.run(*arguments, folder=tmp_path, PYTHONPATH=str(tmp_path))
    passed, folder, prefix = json.loads(done.stdout)
    assert done.returncode == 7
    assert passed == arguments
    assert Path(folder) == tmp_path.resolve()
    assert Path(prefix) == repository.venv.resolve()


def test_without_arguments_the_app_opens(repository: Repository, tmp_path: Path) -> None:
    (repository.root / "streamlit").mkdir()
    (repository.root / "streamlit" / "__main__.py").write_text(CLI)
    done = repository.run(folder=tmp_path)
    script = str(repository.root / "app" / "streamlit_app.py")
    assert (done.returncode, json.loads(done.stdout)[0]) == (7, ["run", script])


def test_changed_requirements_are_installed(repository: Repository, tmp_path: Path) -> None:
    repository.requirements.write_text("# still none\n")
    assert "Installing" in repository.run("styles", folder=tmp_path).stderr
    assert repository.run("styles", folder=tmp_path).stderr == ""


@pytest.mark.long
def test_what_pip_refuses_is_said_and_tried_again(repository: Repository, tmp_path: Path) -> None:
    repository.requirements.write_text("./no-such-wheel.whl\n")
    for _ in range(2):
        done = repository.run("styles", folder=tmp_path)
        assert done.returncode == 2
        assert "The installation failed" in done.stderr
    repository.requirements.write_text("# none again\n")
    assert repository.run("styles", folder=tmp_path).returncode == 7


@pytest.mark.long
def test_an_interrupted_install_is_redone_from_nothing(repository: Repository,
                                                       tmp_path: Path) -> None:
    (repository.venv / "installing").touch()
    leftover = repository.venv / "half a package"
    leftover.touch()
    done = repository.run("styles", folder=tmp_path)
    assert done.returncode == 7
    assert "Making the virtual environment" in done.stderr
    assert not leftover.exists()


def wheel(folder: Path, name: str) -> Path:
    """A package that is nothing but a module `onnxruntime` that says where it comes from."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("onnxruntime.py", f"origin = '{name}'")
        file.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
                                        "Tag: py3-none-any\n")
        file.writestr(f"{about}/RECORD", "")
    return path


@pytest.mark.long
def test_a_driver_changes_the_runtime_and_there_is_only_ever_one(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    for name in ("onnxruntime", "onnxruntime_gpu"):
        wheel(tmp_path, name)
    repository.requirements.write_text(
        f"--no-index\n--find-links {tmp_path.as_posix()}\n"
        "onnxruntime==1.0  # runs the networks\n")
    (repository.root / "scripts" / "cli.py").write_text(
        "import onnxruntime, importlib.metadata as m\n"
        "print(onnxruntime.origin, *sorted(d.name for d in m.distributions() "
        "if d.name.startswith('onnx')))\n")
    for gpu, name in (("none", "onnxruntime"), ("nvidia", "onnxruntime_gpu"),
                      ("none", "onnxruntime")):
        done = repository.run("styles", folder=tmp_path, BRUSHREEL_GPU=gpu)
        assert done.stdout.split() == [name, name], done.stderr
        assert repository.run("styles", folder=tmp_path, BRUSHREEL_GPU=gpu).stderr == ""


def test_two_starts_at_once_install_once(repository: Repository, tmp_path: Path) -> None:
    repository.requirements.write_text("# changed once more\n")
    command = [str(repository.root / RUN), "styles"]
    both = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True) for _ in range(2)]
    told = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [7, 7]
    assert sum("Installing" in text for text in told) == 1


@pytest.mark.parametrize(("arguments", "all_of_it"), [
    ("train --data d --export m.onnx", True), ("finetune --model wave", True),
    ("bench training", True), ("train --help", False), ("finetune --model wave -h", False),
    ("bench training --help", False), ("bench neural", False), ("probe train", False),
    ("models", False), ("models fetch-backbones --from weights", True), ("", False)])
def test_help_installs_nothing_more(arguments: str, all_of_it: bool) -> None:
    """A command's help prints before what the command itself needs is there."""
    assert launch.needed(arguments.split()) == (
        "requirements.txt" if all_of_it else "requirements-base.txt")


@pytest.mark.skipif(os.name == "nt", reason="run.bat finds Python through the py launcher")
def test_no_python_is_said_in_a_sentence(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "bare")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "dirname", "uname"):
        (tools / tool).symlink_to(shutil.which(tool) or sys.exit(f"no {tool}"))
    done = repository.run("styles", folder=tmp_path, PATH=str(tools))
    assert done.returncode == 2
    assert "Brushreel needs Python 3.11 or newer" in done.stderr


@pytest.mark.parametrize(("platform", "accelerator", "found", "wanted"), [
    ("linux", "none", 0, "torch==2.13.0+cpu"), ("linux", "none", 1, "torch==2.13.0  # trains"),
    ("linux", "nvidia", 0, "torch==2.13.0  # trains"),
    ("win32", "none", 0, "torch==2.13.0  # trains")])
def test_torch_comes_without_cuda_where_pip_finds_such(
        platform: str, accelerator: str, found: int, wanted: str, monkeypatch: pytest.MonkeyPatch
        ) -> None:
    asked = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command[-1])
        return subprocess.CompletedProcess(command, found)

    monkeypatch.setattr(launch.sys, "platform", platform)
    monkeypatch.setattr(launch, "accelerator", lambda: accelerator)
    monkeypatch.setattr(launch.subprocess, "run", run)
    assert launch.for_processors("torch==2.13.0  # trains") == wanted
    assert launch.for_processors("numpy==2.4.6") == "numpy==2.4.6"
    assert set(asked) <= {"torch==2.13.0+cpu"}
