"""Pydantic's complaints as one plain sentence, told from the declaration itself."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import InvalidParameter

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], values: Mapping[str, Any]) -> M:
    """`values` as the model declares them; InvalidParameter says what is wrong with the first."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise refusal(model, values, error) from error
    except UnicodeEncodeError as error:  # half of a pair in UTF-16, where pydantic wants text
        raise InvalidParameter("These parameters hold characters that are no text.",
                               "Leave them out.") from error


def refusal(params: type[BaseModel], values: Mapping[str, Any],
            error: ValidationError) -> InvalidParameter:
    """What is wrong with the first refused entry of `values`, and what to do."""
    first = error.errors()[0]
    own_words = str(first["ctx"]["error"]) if first["type"] == "value_error" else ""
    if not first["loc"]:
        return InvalidParameter(f"These parameters do not go together: {own_words}.",
                                "Change one of them.")
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        return _unknown(params, name)
    schema = params.model_json_schema()
    declared = schema["properties"][name]
    allowed = own_words or f"it must be {_allowed(declared, schema.get('$defs', {}))}"
    return InvalidParameter(f"{name}={_shown(values.get(name))} is refused: {allowed}.",
                            f"Leave it out for the default, {_shown(declared.get('default'))}.")


def _unknown(params: type[BaseModel], name: str) -> InvalidParameter:
    near = difflib.get_close_matches(name.lower(), params.model_fields, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    known = ", ".join(params.model_fields) or "none"
    return InvalidParameter(f"There is no parameter '{name}'.",
                            f"{guess}Known parameters: {known}.")


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower()
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _allowed(declared: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    """What a JSON schema allows, in words; `shared` are the definitions it may refer to."""
    if "$ref" in declared:
        return _allowed(shared[declared["$ref"].rsplit("/", 1)[1]], shared)
    if "anyOf" in declared:
        return " or ".join(_allowed(choice, shared) for choice in declared["anyOf"])
    if "enum" in declared:
        return "one of " + ", ".join(_shown(choice) for choice in declared["enum"])
    if "const" in declared:
        return _shown(declared["const"])
    kind = declared.get("type", "")
    if kind in ("number", "integer"):
        return _range(declared, "a whole number" if kind == "integer" else "a number")
    if "prefixItems" in declared:
        each = _allowed(declared["prefixItems"][0], shared)
        return f"{len(declared['prefixItems'])} values with commas between, each {each}"
    words = {"boolean": "true or false", "null": "none", "array": "a list", "object": "a table"}
    return words.get(kind, "a path" if declared.get("format") == "path" else "text")


def _range(declared: Mapping[str, Any], noun: str) -> str:
    low, high = declared.get("minimum"), declared.get("maximum")
    if low is not None and high is not None:
        whole = "a whole number from " if noun == "a whole number" else ""
        return f"{whole}{low:g} to {high:g}"
    limits = (("minimum", "at least"), ("exclusiveMinimum", "above"),
              ("maximum", "at most"), ("exclusiveMaximum", "below"))
    parts = [f"{word} {declared[key]:g}" for key, word in limits if key in declared]
    return " ".join([noun, " and ".join(parts)]).rstrip()
