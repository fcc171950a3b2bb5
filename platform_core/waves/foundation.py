"""What serves everybody is no reason to share a wave: its links are left out of what a plan severs."""

from __future__ import annotations

from dataclasses import replace

from platform_core.domain.waves import Foundation, FoundationRule, Portfolio, Rules


def severable(portfolio: Portfolio, rules: Rules) -> Portfolio:
    """Return `portfolio` with the links that a plan under `rules` can sever at a price; twice changes nothing more."""
    serving = {member.asset_id for member in foundation_of(portfolio, rules)}
    if not serving:
        return portfolio
    links = tuple(link for link in portfolio.links if link.source not in serving and link.target not in serving)
    return replace(portfolio, links=links)


def foundation_of(portfolio: Portfolio, rules: Rules) -> tuple[Foundation, ...]:
    """Return the assets that `rules` keep outside the cut, each with the reason."""
    return () if rules.foundation is FoundationRule.COUNTED else portfolio.foundation
