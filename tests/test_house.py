"""The rules of the house, checked on every tracked file; each rule is shown to catch its breach."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
BELOW = {
    "stylizers": (),
    "core": ("stylizers",),
    "feedback": ("core", "stylizers"),
    "trainer": ("feedback", "core", "stylizers"),
    "scripts": ("trainer", "feedback", "core", "stylizers"),
    "app": ("trainer", "feedback", "core", "stylizers"),
}
"""What a room may import besides itself and what is OPEN to all."""
OPEN = (["core", "errors"], ["core", "edge"])
HOMES = {
    "streamlit": ("app/",),
    "starlette": ("app/",),
    "plotly": ("app/",),
    "argparse": ("scripts/",),
    "rich": ("scripts/",),
    "skimage": ("scripts/sample/",),
    "torch": ("trainer/", "core/metrics"),
    "optuna": ("core/autotune",),
    "onnxruntime": ("stylizers/inference", "core/hardware", "trainer/", "scripts/bench"),
    "onnx": ("stylizers/inference", "stylizers/neural", "stylizers/paint", "trainer/",
             "scripts/bench"),
    "google": ("stylizers/inference",),
    "pynvml": ("core/hardware",),
    "scenedetect": ("core/scenes",),
    "av": ("core/io/",),
    "ffmpeg": ("core/io/repair.py",),
    "imageio_ffmpeg": ("core/io/repair.py",),
    "tinydb": ("feedback/",),
}
"""Where each third party lives; tests may use them all."""
CARRIERS = ("core/render/stages.py",)
"""Modules that take whatever was raised in one thread over to another, where it is raised again."""
EDGE = "core/edge.py"
"""Where whatever else is raised over a file becomes an InternalError."""
UNFINISHED = ("TO" + "DO", "FIX" + "ME")
LARGEST = 3_000_000
IMPORT_ALL = """
import importlib, pkgutil, sys
import core, stylizers
for package in (core, stylizers):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
sys.exit(" ".join(sorted({"torch", "streamlit"} & sys.modules.keys())) or 0)
"""


@dataclass(frozen=True)
class Source:
    path: PurePosixPath
    text: str

    @property
    def room(self) -> str:
        return self.path.parts[0]

    def nodes(self) -> Iterator[ast.AST]:
        return iter(parsed(self.text))

    def imports(self) -> Iterator[str]:
        """Dotted names of everything imported, inside functions too."""
        for node in self.nodes():
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = list(self.path.parts[:-node.level]) if node.level else []
                base += [node.module] if node.module else []
                yield from (".".join([*base, alias.name]) for alias in node.names)


@cache
def parsed(text: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(text)))


def upward_imports(source: Source) -> Iterator[str]:
    allowed = (source.room, *BELOW.get(source.room, BELOW))
    for name in source.imports():
        room, *inside = name.split(".")
        if room in BELOW and room not in allowed and [room, *inside[:1]] not in OPEN:
            yield f"imports {name}"


def strayed_third_parties(source: Source) -> Iterator[str]:
    if source.room == "tests":
        return
    for name in source.imports():
        homes = HOMES.get(name.split(".")[0])
        if homes and not str(source.path).startswith(homes):
            yield f"imports {name}"


def wildcards(source: Source) -> Iterator[str]:
    yield from (name for name in source.imports() if name.endswith(".*"))


def filled_core(source: Source) -> Iterator[str]:
    if str(source.path) == "core/__init__.py" and source.text.strip():
        yield "is not empty"


def drawers(source: Source) -> Iterator[str]:
    names = {*source.path.parent.parts, source.path.stem}
    yield from names & {"utils", "util", "helpers", "common", "misc"}


def blind_excepts(source: Source) -> Iterator[str]:
    if str(source.path) in (*CARRIERS, EDGE):
        return
    for node in source.nodes():
        if isinstance(node, ast.ExceptHandler):
            named = ast.walk(node.type) if node.type else ()
            caught = {name.id for name in named if isinstance(name, ast.Name)}
            if node.type is None or caught & {"Exception", "BaseException"}:
                yield f"line {node.lineno}"


def bare_callbacks(source: Source) -> Iterator[str]:
    """Of the app: callbacks, and bodies of fragments and dialogs, that may raise.

    See app/components/problem.py.
    """
    if source.room != "app":
        return
    inside = {node.name for node in source.nodes() if isinstance(node, ast.FunctionDef)
              and any("problem.part(" in ast.unparse(one) for one in node.decorator_list)}
    for node in source.nodes():
        if isinstance(node, ast.FunctionDef) and node.name not in inside and any(
                re.match(r"st\.(fragment|dialog)\b", ast.unparse(one))
                for one in node.decorator_list):
            yield f"{node.name}, line {node.lineno}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "st.fragment":
            yield from (f"line {node.lineno}" for one in node.args
                        if ast.unparse(one) not in inside)
        elif (isinstance(node, ast.keyword) and not isinstance(node.value, ast.Constant)
              and re.fullmatch(r"on_(click|change|select|dismiss|\w+_change)", node.arg or "")
              and not ast.unparse(node.value).startswith("problem.safe(")):
            yield f"line {node.value.lineno}"


def prints(source: Source) -> Iterator[str]:
    calls = (node for node in source.nodes() if isinstance(node, ast.Call))
    for call in calls:
        if source.room != "scripts" and getattr(call.func, "id", "") == "print":
            yield f"line {call.lineno}"


def unfinished(source: Source) -> Iterator[str]:
    yield from (word for word in UNFINISHED if word in source.text)


Rule = Callable[[Source], Iterator[str]]
BREACHES: dict[Rule, tuple[tuple[str, str], ...]] = {
    upward_imports: (
        ("stylizers/pencil.py", "from core import io"),
        ("stylizers/comic.py", "def render():\n    import core.color"),
        ("core/jobs.py", "from scripts.cli import main"),
        ("core/io/probe.py", "from ...feedback import store"),
        ("scripts/cli.py", "import app.pages"),
    ),
    strayed_third_parties: (
        ("core/pipeline.py", "import av"),
        ("scripts/probe.py", "def probe():\n    from av import open"),
        ("core/io/mux.py", "import imageio_ffmpeg"),
        ("core/worker.py", "from rich.progress import Progress"),
        ("stylizers/neural/net.py", "import torch.nn"),
    ),
    wildcards: (("core/color.py", "from numpy import *"),),
    filled_core: (("core/__init__.py", "from core.pipeline import Pipeline"),),
    drawers: (("core/utils.py", ""), ("app/common/theme.py", "")),
    blind_excepts: (
        ("core/io/reader.py", "try:\n    pass\nexcept Exception:\n    pass"),
        ("core/io/writer.py", "try:\n    pass\nexcept:\n    pass"),
        ("core/io/mux.py", "try:\n    pass\nexcept (ValueError, BaseException):\n    pass"),
        ("core/io/edge.py", "try:\n    pass\nexcept Exception:\n    pass"),
    ),
    bare_callbacks: (
        ("app/pages/a.py", "st.button('x', on_click=act)"),
        ("app/pages/a.py", "component(on_tick_change=lambda: None)"),
        ("app/pages/a.py", "@st.fragment\ndef body(): pass"),
        ("app/pages/a.py", "@st.dialog('x')\n@other\ndef body(): pass"),
        ("app/pages/a.py", "def body(): pass\nst.fragment(body, run_every=1)()"),
    ),
    prints: (("core/pipeline.py", "print('here')"),),
    unfinished: (("trainer/train.py", f"# {UNFINISHED[0]}: later"),),
}
"""Each rule with files that break it."""


def tracked() -> list[PurePosixPath]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout
    return [PurePosixPath(name) for name in listed.split("\0") if (ROOT / name).is_file()]


@cache
def sources() -> list[Source]:
    return [Source(path, (ROOT / path).read_text(encoding="utf-8"))
            for path in tracked() if path.suffix == ".py"]


def too_large(root: Path, paths: list[PurePosixPath]) -> list[str]:
    return [str(path) for path in paths if (root / path).stat().st_size > LARGEST]


def run_python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In `folder`, whose modules are the ones found, wherever the tests themselves were started."""
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True,
                          check=False, env={**os.environ, "PYTHONPATH": str(folder)})


@pytest.mark.parametrize("rule", BREACHES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule: Rule) -> None:
    assert [f"{source.path}: {breach}" for source in sources() for breach in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), [
    (rule, *breach) for rule, breaches in BREACHES.items() for breach in breaches])
def test_a_breach_is_caught(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(PurePosixPath(path), text)))


@pytest.mark.parametrize(("path", "text"), [
    ("stylizers/base.py", "from core.errors import InvalidParameter"),
    ("stylizers/cube.py", "from core import errors"),
    ("stylizers/cube.py", "from core.edge import edge"),
    ("core/edge.py", "try:\n    pass\nexcept Exception:\n    pass"),
    ("core/metrics/lpips.py", "def load():\n    import torch"),
    ("app/pages/a.py", "st.button('x', on_click=problem.safe(act), on_change='rerun')"),
    ("app/pages/a.py", "@st.dialog('x')\n@problem.part('x')\ndef body(): pass"),
    ("tests/test_io.py", "import av\nfrom scripts import cli\nimport core.io"),
])
def test_what_is_allowed_passes(path: str, text: str) -> None:
    source = Source(PurePosixPath(path), text)
    assert [breach for rule in BREACHES for breach in rule(source)] == []


def test_no_tracked_file_is_large() -> None:
    assert too_large(ROOT, tracked()) == []


def test_a_large_file_is_caught(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(bytes(LARGEST + 1))
    assert too_large(tmp_path, [PurePosixPath("film.mp4")]) == ["film.mp4"]


@pytest.mark.parametrize("requirements", sorted(ROOT.glob("requirements*.txt")),
                         ids=lambda path: path.name)
def test_every_requirement_has_its_notice(requirements: Path) -> None:
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    names = re.findall(r"^([\w-]+)==", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    assert names
    assert [name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", notices)] == []


def test_importing_the_engine_is_light_and_silent() -> None:
    done = run_python("-W", "error", "-c", IMPORT_ALL, folder=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_naming_the_looks_compiles_nothing() -> None:
    """A command that only lists them must not wait for numba or a network's runtime."""
    heavy = "import stylizers, sys; sys.exit(str({'numba', 'onnxruntime'} & {*sys.modules} or ''))"
    assert run_python("-c", heavy, folder=ROOT).stderr.strip() == ""


def test_a_heavy_import_is_caught(tmp_path: Path) -> None:
    for name, text in (("core", ""), ("stylizers", "import torch"), ("torch", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
    assert "torch" in run_python("-c", IMPORT_ALL, folder=tmp_path).stderr


def test_ruff_is_content() -> None:
    files = [str(path) for path in tracked() if path.suffix == ".py"]
    done = run_python("-m", "ruff", "check", "--quiet", *files, folder=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_is_content() -> None:
    done = run_python("-m", "mypy", "--no-error-summary", folder=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_reads_our_settings(tmp_path: Path) -> None:
    (tmp_path / "loose.py").write_text("def double(value):\n    return 2 * value\n")
    done = run_python("-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "loose.py",
                      folder=tmp_path)
    assert "no-untyped-def" in done.stdout


def test_ruff_reads_our_settings(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text(f"text = '{'a' * 100}'\n")
    done = run_python("-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "long.py",
                      folder=tmp_path)
    assert "E501" in done.stdout
