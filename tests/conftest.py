"""What every test gets: the `--all` option, real clips, and errors in the log that fail."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

ROOT = Path(__file__).resolve().parent.parent
LONG_TIMEOUT = 900

# Before anything imports numba, so that compiled kernels are kept from one run to the next.
os.environ.setdefault("NUMBA_CACHE_DIR", str(platformdirs.user_cache_path("brushreel-tests")))


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
