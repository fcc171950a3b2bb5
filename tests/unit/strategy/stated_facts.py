"""Hypothesis strategies for facts: askable answers and sentences as people write them."""

from __future__ import annotations

from hypothesis import strategies as st

from platform_core.domain.strategy import Fact
from platform_core.reference import DATA
from platform_core.strategy import load_policy

POLICY = load_policy(DATA)
SENTENCES = [
    "lift and shift",
    "use a managed database",
    "break the monolith into microservices",
    "switch to SaaS",
    "keep on premises",
    "it is no longer used",
    "the data centre closes",
    "cut licence costs",
    "no code changes",
    "keep using vCenter",
    "nothing in particular",
]
_ANSWERS = {key.key: key.answers for key in POLICY.keys.values() if key.answers}
_TEXTS = ["goals", "problems", "context"]


@st.composite
def facts(draw: st.DrawFn, most: int = 10) -> dict[str, Fact]:
    """Draw up to `most` answered questions and some sentences."""
    keys = draw(st.lists(st.sampled_from(sorted(_ANSWERS)), max_size=most, unique=True))
    drawn = {key: Fact(key=key, value=draw(st.sampled_from(_ANSWERS[key]))) for key in keys}
    for key in draw(st.lists(st.sampled_from(_TEXTS), max_size=2, unique=True)):
        drawn[key] = Fact(key=key, value=draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3)))
    return drawn


answers = st.sampled_from(sorted(_ANSWERS)).flatmap(
    lambda key: st.sampled_from(_ANSWERS[key]).map(lambda value: Fact(key=key, value=value))
)
