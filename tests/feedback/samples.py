"""Records for tests."""

from __future__ import annotations

import json
from datetime import UTC
from fractions import Fraction

from hypothesis import strategies as st

from core.recipe import Recipe
from feedback import Approval, Rating, Sample, Vote

RECIPE = json.loads(Recipe.build({"layers": [{"style": "pencil"}]}).portable())


def sample(look: str = "pencil", **given) -> Sample:
    recipe = json.loads(Recipe.build({"layers": [{"style": look}]}).portable())
    return Sample(**{"recipe": recipe, "source": "clip.mp4", "start": Fraction(1, 30), **given})


def rating(stars: int = 4, note: str = "", **given) -> Rating:
    return Rating(sample=sample(**given), stars=stars, note=note)


def vote(preferred: str = "first", **given) -> Vote:
    return Vote(first=sample(**given), second=sample(**given), preferred=preferred)


_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
_SAMPLES = st.builds(
    Sample, recipe=st.just(RECIPE), source=_TEXT, fingerprint=_TEXT,
    start=st.none() | st.fractions(0, 100), end=st.none() | st.fractions(0, 100),
    models=st.dictionaries(_TEXT, _TEXT, max_size=2),
    metrics=st.dictionaries(_TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=3))
_SAID = {"note": _TEXT, "made": st.datetimes(timezones=st.just(UTC))}
RECORDS = (st.builds(Rating, sample=_SAMPLES, stars=st.integers(1, 5), **_SAID)
           | st.builds(Vote, first=_SAMPLES, second=_SAMPLES, blind=st.booleans(),
                       preferred=st.sampled_from(["first", "second", "neither"]), **_SAID)
           | st.builds(Approval, sample=_SAMPLES, approved=st.booleans(), **_SAID))
"""Any record there may be."""

