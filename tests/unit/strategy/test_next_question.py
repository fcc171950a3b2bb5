"""The next best question: what its answers would move, told from what they add, is what judging anew would tell."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.strategy import Fact
from platform_core.reference import DATA
from platform_core.strategy import load_policy
from platform_core.strategy.observing import observe
from platform_core.strategy.questions import answers_to, by_gain
from platform_core.strategy.scoring import judge

POLICY = load_policy(DATA)
ASKED = [key for key in POLICY.keys.values() if key.answers]


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from([key.key for key in ASKED]), st.integers(0, 9), max_size=20))
def test_what_a_question_would_bring_is_the_mean_move_of_all_its_answers(chosen: dict[str, int]) -> None:
    answers = {key: POLICY.keys[key].answers for key in chosen}
    facts = {key: Fact(key=key, value=answers[key][place % len(answers[key])]) for key, place in chosen.items()}
    observing = observe(facts, POLICY)
    verdict = judge(observing.observed, POLICY)
    before = dict(verdict.shares)
    for key, gain in by_gain(observing, verdict, POLICY):
        moved = []
        for _, observed in answers_to(key, observing, POLICY):
            after = dict(judge(observed, POLICY).shares)
            moved.append(fsum(abs(before.get(s, 0.0) - after.get(s, 0.0)) for s in before.keys() | after.keys()) / 2)
        assert gain == pytest.approx(sum(moved) / len(moved) if moved else 0.0, rel=0, abs=1e-12)
