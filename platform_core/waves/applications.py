"""What the planner has to know of a portfolio whatever the rules: applications with their load, and their links."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.waves import PlannedAsset, Portfolio
from platform_core.errors import BadInput

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Edges:
    """Undirected weighted edges, each pair once: `weight[i]` joins `first[i]` < `second[i]`."""

    first: Indices
    second: Indices
    weight: Floats

    @property
    def total(self) -> float:
        """The weight of all edges together."""
        return float(self.weight.sum())


@dataclass(frozen=True)
class Applications:
    """All applications, and all assets without one (each counts as an application named by its asset id).

    `of_asset` gives the application's index for each asset of the portfolio, in portfolio order. `critical` counts
    critical assets, `risk` is the highest risk (0..1) of an asset, `exposure` the effort points weighted by risk;
    `production` is True unless all assets are of another environment,
    `foundation` where an asset serves everybody. The three `team_*` arrays list effort points by application and
    support group; `teams` names the support groups.
    """

    names: tuple[str, ...]
    index: dict[str, int]
    of_asset: Indices
    effort: Floats
    critical: Floats
    risk: Floats
    exposure: Floats
    production: NDArray[np.bool_]
    foundation: NDArray[np.bool_]
    teams: tuple[str, ...]
    team_application: Indices
    team: Indices
    team_effort: Floats
    links: Edges


def read_applications(portfolio: Portfolio) -> Applications:
    """Aggregate `portfolio` by application.

    Links to assets outside the portfolio, and links inside an application, cannot be severed and are left out.
    Raises BadInput when an asset id occurs twice or an effort, risk or weight is not a number from 0 up.
    """
    assets = portfolio.assets
    _refuse_bad_assets(assets)
    keys: dict[tuple[bool, str], int] = {}
    of_asset = np.fromiter((keys.setdefault(_key(asset), len(keys)) for asset in assets), np.int64, len(assets))
    names = tuple(name for _, name in keys)
    index = {name: number for (loose, name), number in keys.items() if loose}
    index |= {name: number for (loose, name), number in keys.items() if not loose}
    teams, team_application, team, team_effort = _team_loads(assets, of_asset)
    effort = np.fromiter((asset.effort for asset in assets), np.float64, len(assets))
    critical = np.fromiter((asset.critical for asset in assets), np.float64, len(assets))
    risk = np.zeros(len(names))
    risk_of_asset = np.fromiter((asset.risk for asset in assets), np.float64, len(assets))
    np.maximum.at(risk, of_asset, risk_of_asset)
    production = np.fromiter((asset.production for asset in assets), np.float64, len(assets))
    return Applications(
        names=names,
        index=index,
        of_asset=of_asset,
        effort=add_up(effort, of_asset, len(names)),
        critical=add_up(critical, of_asset, len(names)),
        risk=risk,
        exposure=add_up(effort * risk_of_asset, of_asset, len(names)),
        production=add_up(production, of_asset, len(names)) > 0,
        foundation=add_up(_serving(portfolio), of_asset, len(names)) > 0,
        teams=teams,
        team_application=team_application,
        team=team,
        team_effort=team_effort,
        links=_links_between(portfolio, of_asset, len(names)),
    )


def add_up(amount: Floats, where: Indices, count: int) -> Floats:
    """Return the sum of `amount` for each of `count` places."""
    return np.asarray(np.bincount(where, amount, minlength=count), np.float64)


def merge_edges(one: Indices, other: Indices, weight: Floats, nodes: int) -> Edges:
    """Add up parallel edges in either direction, dropping those from a node to itself."""
    apart = one != other
    low, high = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
    pairs, where = np.unique(low * nodes + high, return_inverse=True)
    return Edges(pairs // max(nodes, 1), pairs % max(nodes, 1), add_up(weight[apart], where, len(pairs)))


def _key(asset: PlannedAsset) -> tuple[bool, str]:
    return (False, asset.application) if asset.application else (True, asset.asset_id)


def _serving(portfolio: Portfolio) -> Floats:
    serving = {member.asset_id for member in portfolio.foundation}
    return np.fromiter((asset.asset_id in serving for asset in portfolio.assets), np.float64, len(portfolio.assets))


def _refuse_bad_assets(assets: tuple[PlannedAsset, ...]) -> None:
    seen: set[str] = set()
    for asset in assets:
        if asset.asset_id in seen:
            raise BadInput(f"The asset {asset.asset_id!r} is in the portfolio twice.", hint="Give each asset one row.")
        seen.add(asset.asset_id)
        if not (0 <= asset.effort < math.inf and 0 <= asset.risk < math.inf):
            raise BadInput(
                f"The asset {asset.asset_id!r} has an effort or risk that is not a number from 0 up.",
                hint="Correct the effort points and the risk score.",
            )


def _team_loads(
    assets: tuple[PlannedAsset, ...], of_asset: Indices
) -> tuple[tuple[str, ...], Indices, Indices, Floats]:
    teams: dict[str, int] = {}
    of_team = np.fromiter((teams.setdefault(asset.team, len(teams)) for asset in assets), np.int64, len(assets))
    effort = np.fromiter((asset.effort for asset in assets), np.float64, len(assets))
    pairs, where = np.unique(of_asset * max(len(teams), 1) + of_team, return_inverse=True)
    share = add_up(effort, where, len(pairs))
    return tuple(teams), pairs // max(len(teams), 1), pairs % max(len(teams), 1), share


def _links_between(portfolio: Portfolio, of_asset: Indices, count: int) -> Edges:
    place = {asset.asset_id: number for asset, number in zip(portfolio.assets, of_asset.tolist(), strict=True)}
    links = portfolio.links
    one = np.fromiter((place.get(link.source, -1) for link in links), np.int64, len(links))
    other = np.fromiter((place.get(link.target, -1) for link in links), np.int64, len(links))
    weight = np.fromiter((link.weight for link in links), np.float64, len(links))
    if not bool(np.all((weight >= 0) & (weight < math.inf))):
        raise BadInput("A dependency has a weight that is not a number from 0 up.", hint="Correct the weights.")
    known = (one >= 0) & (other >= 0)
    return merge_edges(one[known], other[known], weight[known], count)
