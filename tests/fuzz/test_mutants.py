"""Files damaged in every way that is known: a plain refusal or a whole result, and nothing else.

`--cases N` tries more than the automatic check does, `--case N` one alone. What it finds becomes a
test beside the code that is mended.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest

from tests.fuzz import seeds
from tests.fuzz.mutations import damaged
from tests.fuzz.pool import CaseRunner

BATCH = 50
"""Cases of one test, so that none takes long however many are asked for."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cases" in metafunc.fixturenames:
        only, count = metafunc.config.getoption("case"), metafunc.config.getoption("cases")
        batches = [[only]] if only is not None else [
            range(first, min(first + BATCH, count)) for first in range(0, count, BATCH)]
        metafunc.parametrize("cases", batches, ids=lambda cases: f"{cases[0]}-{cases[-1]}")


@pytest.fixture(scope="module")
def tester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseRunner]:
    os.environ["SVT_LOG"] = "1"
    made = seeds.make(tmp_path_factory.mktemp("seeds"))
    with CaseRunner(made, tmp_path_factory.mktemp("mutants")) as tester:
        yield tester


@pytest.mark.long
def test_mutants_are_rendered_or_refused(tester: CaseRunner, cases: range) -> None:
    escaped = [found for number in cases if (found := tester.try_case(number))["wrong"]]
    assert not escaped, "\n\n".join(
        f"case {found['number']} ({found['subject']}, {found['mutant']}): {found['codes']}\n"
        + "\n".join(found.get("commands", ())) + "\n" + "\n".join(found["wrong"])
        + f"\nAgain: ./run.sh test tests/fuzz --all -n 0 --case {found['number']}"
        for found in escaped)


def test_damage_is_always_the_same() -> None:
    content = bytes(range(256)) * 20
    assert damaged(content, Random(5)) == damaged(content, Random(5)) != content
