"""On the sample portfolio the answers stand firm: one step of one slider flips few of them."""

from __future__ import annotations

from tests.perf.strategy import firmness, sample_facts


def test_one_step_of_one_slider_flips_at_most_a_twentieth_of_the_samples() -> None:
    found = firmness(sample_facts())
    assert found["applications"] > 100
    assert found["flipped_by_one_step_worst"] <= 0.05
    assert 0 <= found["within_noise"] < 0.2
