"""bench learning: whether twenty votes of somebody with a hidden taste lead to what they like."""

from __future__ import annotations

import argparse
import math
from typing import Any

from core.errors import InvalidParameter
from scripts.bench.raters import FLIPPED, VOTES, Tuned, served
from scripts.failures import DONE, FAILED
from scripts.report import print_json
from scripts.terminal import Step, progress_shown, say

LOOKS = ("pencil", "cartoon", "comic", "cinematic", "ink", "oil")
SEEDS = 400
WANTED = {"beats_default": 0.80, "beats_random": 0.68}
"""What the lower bounds are held to."""


def bench_learning(args: argparse.Namespace) -> int:
    from core.autotune.space import SearchSpace
    from stylizers import style

    looks = [name.strip() for name in args.style.split(",")] if args.style else list(LOOKS)
    spaces = {name: SearchSpace(style(name).Params) for name in looks}
    bare = [name for name, space in spaces.items() if not space.axes]
    if bare:
        raise InvalidParameter(f"The look {bare[0]} has nothing to tune.", "Choose another look.")
    seeds, found = args.seeds or SEEDS, {}
    for name, space in spaces.items():
        with progress_shown(f"learning {name}") as advance:
            tuned = []
            for one in served(space, seeds):
                tuned.append(one)
                advance(Step("learn", len(tuned), seeds, unit="raters"))
        found[name] = summary(tuned)
        if not args.json:
            say(_line(name, found[name]))
    missed = [f"{name}: {key}" for name, row in found.items() for key, least in WANTED.items()
              if row[key]["lower"] < least]
    if args.json:
        print_json({"code": FAILED if missed else DONE, "votes": VOTES, "flipped": FLIPPED,
                    "seeds": seeds, "wanted": WANTED, "missed": missed, "looks": found})
    elif missed:
        say(f"Below what is wanted: {', '.join(missed)}.")
    return FAILED if missed else DONE


def summary(tuned: list[Tuned]) -> dict[str, Any]:
    """Shares of the raters with their 95 % bounds."""
    return {key: share(sum(getattr(one, key) for one in tuned), len(tuned))
            for key in ("beats_default", "beats_random", "random_beats_default", "enough")}


def share(hits: int, count: int) -> dict[str, float]:
    """A proportion with Wilson's 95 % interval (1927)."""
    z, part = 1.959964, hits / count
    center = part + z * z / (2 * count)
    reach = z * math.sqrt(part * (1 - part) / count + z * z / (4 * count**2))
    scale = 1 + z * z / count
    return {"share": part, "lower": (center - reach) / scale, "upper": (center + reach) / scale}


def _line(name: str, row: dict[str, Any]) -> str:
    return f"{name}: " + "; ".join(
        f"{key.replace('_', ' ')} {value['share']:.3f} ({value['lower']:.3f} to "
        f"{value['upper']:.3f})" for key, value in row.items())
