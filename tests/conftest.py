"""What every test gets: `--all`, real clips, a data folder, and errors in the log that fail."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import paths

ROOT = Path(__file__).resolve().parent.parent
LONG_TIMEOUT = 600

# Before anything imports numba, so that compiled kernels are kept from one run to the next.
paths.prepare_caches()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the tests that take minutes too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    long = [item for item in items if item.get_closest_marker("long")]
    for item in long:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT))
    if long and not config.getoption("--all"):
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


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
