"""styles: every look with its parameters, all of it read from the declarations."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scripts.failures import DONE
from scripts.presets import described
from scripts.report import print_json
from scripts.terminal import say, show

if TYPE_CHECKING:
    from stylizers.base import StyleParams

HELP = "List the styles and their parameters."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="STYLE", help="only these")


def run(args: argparse.Namespace) -> int:
    from core.presets import presets
    from stylizers import STYLES, style

    looks = [style(name) for name in args.names or STYLES]
    if args.json:
        print_json({"styles": [
            {"name": look.name, "summary": look.summary, "sdr_only": look.sdr_only,
             "parameters": list(parameters(look.Params)),
             "presets": described(presets(look.name).values()),
             "schema": look.Params.model_json_schema()} for look in looks]})
        return DONE
    for number, look in enumerate(looks):
        if number:
            say("")
        _show(look.name, look.summary, look.Params, list(presets(look.name)))
    return DONE


def parameters(declared: type[StyleParams]) -> Iterator[dict[str, Any]]:
    """Each parameter with what is allowed, its default and its description."""
    schema = declared.model_json_schema()
    for name, entry in schema.get("properties", {}).items():
        yield {"name": name, "allowed": _allowed(entry, schema.get("$defs", {})),
               "default": entry.get("default"),
               "description": entry.get("description", "")}


def _allowed(entry: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    """Short words for what a JSON schema allows; `shared` are the definitions it refers to."""
    if "$ref" in entry:
        return _allowed(shared[entry["$ref"].rsplit("/", 1)[1]], shared)
    if "anyOf" in entry:
        return "|".join(_allowed(choice, shared) for choice in entry["anyOf"])
    if "enum" in entry or "const" in entry:
        return "|".join(str(choice) for choice in entry.get("enum", [entry.get("const")]))
    if "prefixItems" in entry:
        return f"{len(entry['prefixItems'])} of {_allowed(entry['prefixItems'][0], shared)}"
    low = entry.get("minimum", entry.get("exclusiveMinimum"))
    high = entry.get("maximum", entry.get("exclusiveMaximum"))
    if low is not None or high is not None:
        return f"{_number(low)}..{_number(high)}"
    if entry.get("format") == "path":
        return "file"
    return {"boolean": "true|false", "null": "none", "string": "text"}.get(
        entry.get("type", ""), entry.get("type", "text"))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _show(name: str, summary: str, declared: type[StyleParams], presets: list[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(4):
        table.add_column(overflow="fold")
    for entry in parameters(declared):
        table.add_row(f"  {entry['name']}", entry["allowed"], _default(entry["default"]),
                      Text(entry["description"]))
    heading = Text.assemble((name, "bold cyan"), f"  {summary}")
    show(heading, *[table] * bool(table.row_count))
    if presets:
        say(f"  presets: {', '.join(f'{name}:{preset}' for preset in presets)}")


def _default(value: object) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else f"{value}"
