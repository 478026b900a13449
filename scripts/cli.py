"""The command line: `python -m scripts.cli COMMAND`.

Every error ends here, as one sentence saying what is wrong, one saying what to do, and an exit
code: 0 done, 1 some work failed, 2 bad usage or bad input, 130 interrupted and resumable.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import ModuleType

from core import error_log
from core.errors import BrushreelError, InvalidParameter
from core.paths import prepare_caches
from scripts import (
    bench,
    demo,
    doctor,
    feedback,
    finetune,
    gallery,
    idle_measuring,
    luts,
    metrics,
    models,
    presets,
    preview,
    probe,
    queue,
    render,
    run_job,
    scenes,
    styles,
    train,
    tune,
    verify,
    work,
)
from scripts.arguments import PROGRAM, Parser, nearest
from scripts.failures import DONE, Stopped, as_json, exit_code
from scripts.interrupts import interruptible
from scripts.report import print_json
from scripts.terminal import note, silence

COMMANDS: Mapping[str, ModuleType] = {
    "render": render,
    "preview": preview,
    "queue": queue,
    "work": work,
    "probe": probe,
    "scenes": scenes,
    "styles": styles,
    "presets": presets,
    "models": models,
    "train": train,
    "finetune": finetune,
    "gallery": gallery,
    "luts": luts,
    "metrics": metrics,
    "verify": verify,
    "tune": tune,
    "feedback": feedback,
    "doctor": doctor,
    "demo": demo,
    "bench": bench,
}
"""Each has HELP, `add_arguments(parser)` and `run(args) -> int`."""

HIDDEN: Mapping[str, ModuleType] = {"run-job": run_job, "measure-renders": idle_measuring}
"""Those that programs start, not people."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names may hold anything
    error_log.keep()
    try:
        with interruptible():
            return _run(given)
    except BrushreelError as error:
        return _ended(error, given)
    except KeyboardInterrupt:
        return _ended(Stopped("Stopped."), given)
    except BrokenPipeError:
        silence(sys.stdout)
        return DONE
    except OSError as error:
        return _ended(BrushreelError(f"The system refused: {error}.", "Check that place."), given)


def _run(given: Sequence[str]) -> int:
    if not given:
        raise InvalidParameter("No command is given.", f"Commands: {', '.join(COMMANDS)}.")
    name, *rest = given
    if name in ("-h", "--help"):
        print(_overview())
        return DONE
    module = COMMANDS.get(name) or HIDDEN.get(name)
    if module is None:
        what = "option" if name.startswith("-") else "command"
        raise InvalidParameter(f"There is no {what} '{name}'.",
                               f"{nearest(name, COMMANDS)}Commands: {', '.join(COMMANDS)}.")
    parser = Parser(name, module.HELP)
    module.add_arguments(parser)
    parser.add_argument("--json", action="store_true",
                        help="print one JSON document on stdout, and nothing else there")
    if {"-h", "--help"} & set(rest):
        print(parser.format_help(), end="")
        return DONE
    prepare_caches()
    code = module.run(parser.read(rest))
    sys.stdout.flush()
    return code


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"usage: {PROGRAM} COMMAND ...", "", "Re-render whole videos in a style.", "",
             "commands:", *(f"  {name:{width}}  {module.HELP}"
                            for name, module in COMMANDS.items()),
             "", f"See also: {PROGRAM} COMMAND --help"]
    return "\n".join(lines)


def _ended(error: BrushreelError, given: Sequence[str]) -> int:
    if "--json" in given:
        print_json(as_json(error))
    note(str(error))
    return exit_code(error)


if __name__ == "__main__":
    sys.exit(main())
