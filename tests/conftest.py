"""What every test gets: `--all`, limits, real clips, a data folder, and logged errors that fail."""

import faulthandler
import logging
import os
import signal
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import pytest_timeout

from core import paths

ROOT = Path(__file__).resolve().parent.parent
LONG_TIMEOUT = 600

# Before anything imports numba, so that compiled kernels are kept from one run to the next.
paths.prepare_caches()
# Before anything imports NumPy: several processes run tests, and threads that wait for cores spin.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the tests that take minutes too")
    parser.addoption("--cases", type=int, default=300, help="how many mutants tests/fuzz tries")
    parser.addoption("--case", type=int, help="the one mutant that tests/fuzz tries")
    parser.addoption("--conformance", metavar="FOLDER",
                     help="render every real clip into every container, and write the table of "
                          "what was kept into FOLDER")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    long = [item for item in items if item.get_closest_marker("long")]
    for item in long:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT))
    if long and not config.getoption("--all"):
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    if hasattr(config, "workerinput"):
        _longest_files_first(items, config.workerinput["workercount"])


def _longest_files_first(items: list[pytest.Item], workers: int) -> None:
    """So that workers that are given whole files end together, and what hangs shows early.

    Each begins with one of the files of most long tests, which compile the looks that a browser
    would wait for. Then come files of long tests alone, however few; at last the small ones.
    """
    tests = Counter(item.path for item in items)
    long = Counter(item.path for item in items if item.get_closest_marker("long"))
    first = sorted(tests, key=lambda path: (-long[path], -tests[path], path))[:workers]
    items.sort(key=lambda item: (item.path not in first, -long[item.path] / tests[item.path],
                                 -tests[item.path], item.path))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Set the limits anew: a failure has lifted them, for a debugger, and what it left may hang."""
    limit = item.config.getoption("timeout")
    if limit is None:
        limit = float(item.config.getini("timeout"))
    if not limit:
        return (yield)
    hooks, plugins = item.config.hook, item.config.pluginmanager
    hooks.pytest_timeout_cancel_timer(item=item)
    hooks.pytest_timeout_set_timer(item=item, settings=pytest_timeout.Settings(
        limit, "signal" if hasattr(signal, "SIGALRM") else "thread",
        func_only=False, disable_debugger_detection=False))
    told = item.config.stash[plugins.get_plugin("faulthandler").fault_handler_stderr_fd_key]
    faulthandler.dump_traceback_later(limit + 60, file=told, exit=True)
    try:
        return (yield)
    finally:
        hooks.pytest_timeout_cancel_timer(item=item)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real clips and pictures beside the repository."""
    folder = Path(os.environ.get("BRUSHREEL_SHARED", ROOT.parent / "shared"))
    if folder.is_dir():
        return folder
    reason = f"there is no {folder} (set BRUSHREEL_SHARED to the folder of real clips)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_user_is_touched(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ[paths.DATA_VARIABLE] = str(tmp_path_factory.mktemp("data"))


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_error_is_logged() -> Iterator[None]:
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    yield
    logging.getLogger().removeHandler(errors)
    assert not errors.messages, f"the test logged errors: {errors.messages}"
    kept = paths.data_folder() / "errors.log"  # of the processes that it started, too
    said = kept.read_text(encoding="utf-8") if kept.exists() else ""
    kept.unlink(missing_ok=True)  # it is this test's alone
    assert not said, said
