"""Forms are read from declarations; every look has one."""

import pytest

from app.forms import fields_of
from stylizers import STYLES


@pytest.mark.parametrize("look", STYLES)
def test_every_parameter_has_its_field_with_words(look: str) -> None:
    params = STYLES[look].Params
    hidden = {name for name, entry in params.model_json_schema()["properties"].items()
              if entry.get("execution")}
    fields = fields_of(params)
    assert [field.name for field in fields] == [
        name for name in params.model_fields if name not in hidden]
    default = params()
    for field in fields:
        assert field.about.endswith("."), field
        assert field.label[0].isupper()
        assert "_" not in field.label
        value = getattr(default, field.name)
        if field.kind in ("number", "integer"):
            assert field.low <= value <= field.high
            steps = (field.high - field.low) / field.step
            assert 20 <= steps <= 200 or field.kind == "integer"
            for edge in (field.low, field.high):  # what a widget can give, the look takes
                params.build({field.name: int(edge) if field.kind == "integer" else edge})
        if field.kind == "choice":
            assert value in field.choices
