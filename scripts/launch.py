"""What run.sh and run.bat start: sets up .venv when something is missing, then runs in it.

Standard library only, since this may be all there is on a fresh machine. .venv/brushreel.json
holds the Python version, the accelerator that packages were chosen for, and the hash of each
requirements file that is installed. A file .venv/installing lies there while pip works, so that an
interrupted install is redone from nothing; run.sh and run.bat then leave the Python in .venv alone,
since Windows deletes no running program.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "brushreel.json"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
INSTALLING = VENV / "installing"
PIP = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--only-binary=:all:")
PYTEST = ("-m", "pytest", "-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile",
          "--no-loadscope-reorder")
"""Whole files to each process, in the order of tests/conftest.py."""
STREAMLIT = ("-m", "streamlit", "run")
"""The app; its settings stand in app/.streamlit/config.toml."""
ON_GPU = {"onnxruntime": "onnxruntime-gpu[cuda,cudnn]"}
"""Packages that another takes the place of where there is an NVIDIA driver, never beside it."""
ALONE = ("lpips",)
"""Packages of which only the files are needed: what they ask for would pull a second torch."""
LEARNING = (["train"], ["finetune"], ["bench", "training"], ["models", "fetch-backbones"])
"""How commands begin that need requirements.txt; it comes with the first of them."""
HELP = {"-h", "--help"}
"""Prints what a command does, which needs no more than any command."""
SIZES = {"requirements-base.txt": "a few hundred MB", "requirements.txt": "about a GB"}


class SetupFailed(Exception):
    """One sentence saying what is wrong, one saying what to do."""


STEADY_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "4194304", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""For Linux's allocator, which left alone keeps ever more of the room that pictures have left."""
SMALL_SUMS = {"OPENBLAS_NUM_THREADS": "1"}
"""NumPy's and SciPy's matrices are small here: threads would wait for each other more than work."""


def main(arguments: list[str]) -> int:
    testing = arguments[:1] == ["test"]
    try:
        install("requirements-dev.txt" if testing else needed(arguments))
    except (SetupFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; the next start installs again.", file=sys.stderr)
        return 130
    if testing:
        os.chdir(ROOT)  # test names are given as pytest prints them, relative to the repository
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process compiles all tests anew
        return run([*PYTEST, *arguments[1:]])
    if not arguments:
        return run([*STREAMLIT, str(ROOT / "app" / "streamlit_app.py")])
    return run(["-m", "scripts.cli", *arguments])


def needed(arguments: list[str]) -> str:
    """The requirements file of a command of ours."""
    learning = any(arguments[:len(words)] == words for words in LEARNING)
    return "requirements.txt" if learning and not HELP & set(arguments) else \
        "requirements-base.txt"


def run(arguments: list[str]) -> int:
    """Become Python in .venv, with our packages found from any folder and never the caller's."""
    environment = {**STEADY_MEMORY, **SMALL_SUMS, **os.environ, "PYTHONPATH": str(ROOT),
                   "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    command = [str(PYTHON), *arguments]
    if os.name != "nt":
        os.execve(command[0], command, environment)
    child = subprocess.Popen(command, env=environment)  # exec on Windows would not wait
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C reaches the child as well
            return child.wait()


def install(requirements: str) -> None:
    """Bring .venv up to a requirements file; quick and silent when it is."""
    if satisfied(requirements):
        return
    with locked(ROOT / ".venv.lock"):
        if satisfied(requirements):  # by the run we waited for
            return
        before = {"python": VERSION, "accelerator": "none"} | read_stamp()
        foreign = (before["python"], before["accelerator"]) != (VERSION, accelerator())
        if foreign or INSTALLING.exists() or not PYTHON.exists():
            create()
        INSTALLING.touch()
        STAMP.unlink(missing_ok=True)
        size = SIZES.get(requirements, "about a GB") if accelerator() == "none" else "a few GB"
        tell(f"Installing {requirements} ({size} the first time) ...")
        lines = [for_processors(line) for line in chosen(requirements, accelerator())]
        alone = [line for line in lines if line.partition("==")[0] in ALONE]
        fetch([line for line in lines if line not in alone])
        if alone:
            fetch(alone, "--no-deps")
        STAMP.write_text(json.dumps(wanted(requirements)))
        INSTALLING.unlink()


def for_processors(line: str) -> str:
    """PyTorch's build without CUDA, which is a few GB smaller, where pip can find it.

    Only Linux has one in the package index that needs CUDA, and the other one elsewhere.
    """
    name, _, version = line.partition("==")
    if name != "torch" or accelerator() != "none" or sys.platform != "linux":
        return line
    exact = f"{name}=={version.split()[0]}+cpu"
    found = subprocess.run([str(PYTHON), *PIP, "--dry-run", "--no-deps", exact], cwd=ROOT,
                           capture_output=True, check=False)
    return line if found.returncode else exact


def fetch(lines: list[str], *options: str) -> None:
    """Have pip install what the lines of a requirements file say."""
    list_ = VENV / "requirements.txt"
    list_.write_text("\n".join(lines), encoding="utf-8")
    if subprocess.call([str(PYTHON), *PIP, *options, "-r", str(list_)], cwd=ROOT):
        raise SetupFailed("The installation failed; pip says why above. "
                          "Check the network connection, then start again.")


def create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupFailed("This Python cannot make virtual environments: ensurepip is missing. "
                          "On Debian and Ubuntu: sudo apt install python3-venv")
    tell(f"Making the virtual environment {VENV} ...")
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        INSTALLING.touch()
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(VENV)
    except subprocess.CalledProcessError as error:
        raise SetupFailed("The virtual environment could not be made: pip did not install. "
                          "On Debian and Ubuntu: sudo apt install python3-venv") from error
    except OSError as error:
        raise SetupFailed(f"The virtual environment could not be made: {error}. "
                          f"Close other runs, delete {VENV} and start again.") from error


def satisfied(requirements: str) -> bool:
    installed = wanted(requirements).items() <= read_stamp().items()
    return installed and PYTHON.exists() and not INSTALLING.exists()


def wanted(requirements: str) -> dict[str, str]:
    return {"python": VERSION, "accelerator": accelerator(), **fingerprints(requirements)}


def accelerator() -> str:
    """"nvidia" where a driver answers and there are packages for it; BRUSHREEL_GPU=none overrules.
    """
    asked = os.environ.get("BRUSHREEL_GPU", "")
    if asked:
        return "nvidia" if asked == "nvidia" else "none"
    if platform.machine().lower() not in ("x86_64", "amd64") or sys.platform == "darwin":
        return "none"
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return "none"
    return "nvidia"


def chosen(requirements: str, accelerator: str) -> Iterator[str]:
    """The lines of a requirements file and of those it includes, as they suit the accelerator."""
    for line in (ROOT / requirements).read_text(encoding="utf-8").splitlines():
        name, equals, version = line.partition("==")
        if line.startswith("-r "):
            yield from chosen(line.split()[1], accelerator)
        elif equals and accelerator == "nvidia":
            yield f"{ON_GPU.get(name, name)}=={version}"
        else:
            yield line


def fingerprints(requirements: str) -> dict[str, str]:
    """Name and hash of a requirements file and of those it includes."""
    text = (ROOT / requirements).read_bytes()
    found = {requirements: hashlib.sha256(text).hexdigest()}
    for line in text.decode().splitlines():
        if line.startswith("-r "):
            found |= fingerprints(line.split()[1])
    return found


def read_stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return {}


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system drops when this process dies."""
    with path.open("a") as file:
        if sys.platform == "win32":  # spelled so that type checkers follow
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # gives up after ten seconds
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("Waiting for another run to finish installing ...")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
