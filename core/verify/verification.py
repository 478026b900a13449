"""All checks of one render."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidParameter, UnreadableVideo
from core.io.inspection import Inspection, inspect
from core.io.span import Range
from core.verify.finding import Finding, Result, Said, absent
from core.verify.pair import Pair
from core.verify.table import CHECKS, Check


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The worst of what a check found, and all of it."""

    findings: tuple[Finding, ...]

    @property
    def result(self) -> Result:
        return max((finding.result for finding in self.findings), default=Result.NOT_APPLICABLE)

    @property
    def detail(self) -> str:
        """What stands behind the result, without what is better."""
        told = [finding.detail for finding in self.findings if finding.result == self.result]
        return "; ".join(dict.fromkeys(detail for detail in told if detail))


@dataclass(frozen=True, slots=True)
class Verification:
    """What every check of CHECKS says, by its name."""

    output: Path
    source: Path | None
    checks: Mapping[str, CheckResult]

    @property
    def wrong(self) -> tuple[str, ...]:
        return tuple(name for name, found in self.checks.items()
                     if found.result == Result.WRONG)


def verify(output: Path, source: Path | None = None, *, span: Range | None = None,
           said: Said | None = None) -> Generator[int, None, Verification]:
    """Check a render by itself, or against its source, of which it shows `span`.

    With `said`, what was converted or dropped must be in the report. Yields the number of frames
    read. Raises InputError for what is no video.
    """
    span = span or Range()
    if source is not None and output.resolve() == source.resolve():
        raise InvalidParameter("A file cannot be its own source.", "Give the video it was made of.")
    ours = yield from inspect(output)
    if source is None:
        return Verification(output, None, checked(ours, None, said))
    theirs = yield from _further(len(ours.frames), inspect(source, span.end))
    if not len(theirs.frames):
        raise UnreadableVideo(f"{source.name} shows no picture to compare with.",
                              "Give the video that was rendered.")
    return Verification(output, source, checked(ours, Pair(ours, theirs, span), said))


def _further(done: int, work: Generator[int, None, Inspection]
             ) -> Generator[int, None, Inspection]:
    while True:
        try:
            yield done + next(work)
        except StopIteration as end:
            found: Inspection = end.value
            return found


def checked(output: Inspection, pair: Pair | None, said: Said | None
            ) -> Mapping[str, CheckResult]:
    """What each check finds of a render, beside its source where there is one."""
    if not len(output.frames):
        broken = Finding(Result.WRONG, "No frame can be decoded.")
        return {name: CheckResult((broken,) if name == "packets" else ()) for name in CHECKS}
    return {name: CheckResult(tuple(
        finding if said is None else said.judge(finding)
        for finding in _found(check, output, pair))) for name, check in CHECKS.items()}


def _found(check: Check, output: Inspection, pair: Pair | None) -> Iterator[Finding]:
    if pair is not None and check.beside is not None:
        yield from check.beside(pair)
    elif check.alone is not None:
        yield from check.alone(output)
    else:
        yield absent("only the source tells: add --source")
