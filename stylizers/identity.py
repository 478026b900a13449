"""The look that changes nothing; the engine recognizes it and copies the source's own planes."""

from __future__ import annotations

from stylizers.base import StyleParams, Stylizer


class IdentityParams(StyleParams):
    """No parameters."""


class IdentityStylizer(Stylizer[IdentityParams]):
    name = "identity"
    summary = "The source, unchanged."
    revision = 1
    Params = IdentityParams
