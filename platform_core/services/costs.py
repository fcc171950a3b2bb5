"""Cost of a migration by the rate card its analysts supplied; without one there is none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from platform_core import risk
from platform_core.domain.base import Frozen
from platform_core.domain.cost import ApplicationCost, CostForecast, Rate, RateCard, RateProblem, SpanCost
from platform_core.domain.identity import Identity
from platform_core.domain.register import Actual, EffortCalibration
from platform_core.domain.strategy import Strategy
from platform_core.errors import BadInput
from platform_core.reports import Sheet, as_csv
from platform_core.services.assessment import stored_facts
from platform_core.services.knowledge import cost_rules
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import FinishedWorkRow, RateCardRow

DAYS_OF_A_YEAR = 365.25

SEED = 1
"""Every forecast draws from here, so that the same card and portfolio give the same range."""

_LEARNED = "days_per_point"


class MigrationCost(Frozen):
    """The forecast of a migration, its card, and what is missing most often (name, applications)."""

    card: RateCard
    forecast: CostForecast
    missing: tuple[tuple[str, int], ...]


def rate_card_template() -> bytes:
    """Return a CSV file with a line for each item a rate card may price, to be filled in."""
    header = ("item", "low", "base", "high", "currency", "as_of", "source")
    items = risk.rate_items(cost_rules())
    return as_csv(Sheet("Rate card", header, [(item, *[""] * (len(header) - 1)) for item in items]))


def supply_rates(
    work: UnitOfWork, migration_id: int, name: str, content: bytes, by: Identity
) -> tuple[RateProblem, ...]:
    """Make a CSV file the rate card of a migration; returns the lines not taken.

    Empty lines of the template are passed over. Raises BadInput when no line could be taken.
    """
    card, problems = risk.read_rate_card(_lines(content), risk.rate_items(cost_rules()), name=name, today=now().date())
    if card is None:
        raise BadInput("No line of this rate card could be taken.", hint=problems[0].text if problems else "")
    with work:
        row = RateCardRow(migration_id=migration_id, card=card.model_dump(mode="json"), author=by.name)
        work.choices.add(row)
        work.flush()
        text = f"Rate card {name}: {len(card.rates)} prices in {card.currency} as of {card.as_of}"
        work.audit.record(by, "rates.supplied", migration_id=migration_id, subject=str(row.id), text=text)
        work.commit()
    return problems


def of_migration(work: UnitOfWork, migration_id: int) -> MigrationCost | None:
    """Return the forecast over all applications, None without a rate card."""
    with work.reading():
        card = _card(work, migration_id)
        if card is None:
            return None
        points = {row.subject_key: row.effort_points for row in work.risks.of(migration_id)}
        costs = [
            risk.application_cost(
                stored_facts(row), _decided(row.decided), points.get(row.subject_key, 0.0), card, cost_rules()
            )
            for row in work.recommendations.of(migration_id)
        ]
    return MigrationCost(card=card, forecast=risk.forecast(costs, card, seed=SEED), missing=_missing(costs))


def of_spans(
    work: UnitOfWork, migration_id: int, moves: Sequence[Mapping[str, date]], first: date, last: date
) -> list[SpanCost] | None:
    """Return what the applications of some scenarios cost from `first` to `last`, None without a rate card.

    `moves` gives for each scenario the day after which a subject runs in its new place. All that moves in one of them
    counts in each; where it does not move, it runs as today.
    """
    wanted = sorted(set().union(*moves))
    with work.reading():
        card = _card(work, migration_id)
        if card is None:
            return None
        points = {key: effort for key, (_, effort) in work.risks.outlines(migration_id).items()}
        costs = {
            row.subject_key: risk.application_cost(
                stored_facts(row), _decided(row.decided), points.get(row.subject_key, 0.0), card, cost_rules()
            )
            for row in work.recommendations.among(migration_id, wanted)
        }
    days = max(1, (last - first).days)
    found = []
    for moved in moves:
        spans = [(cost, (moved[key] - first).days / days if key in moved else None) for key, cost in costs.items()]
        found.append(
            SpanCost(
                total=risk.span_cost(spans, days / DAYS_OF_A_YEAR, card, seed=SEED),
                currency=card.currency,
                first=first,
                last=last,
                applications=len(costs),
                complete=sum(not cost.unknown for cost in costs.values()),
            )
        )
    return found


def of_application(
    work: UnitOfWork, migration_id: int, subject_key: str
) -> tuple[ApplicationCost, CostForecast] | None:
    """Return the lines and the forecast of one application, None without a rate card. Raises NotFound."""
    with work.reading():
        card = _card(work, migration_id)
        if card is None:
            return None
        row = work.recommendations.get(migration_id, subject_key)
        points = work.risks.get(migration_id, subject_key).effort_points
    cost = risk.application_cost(stored_facts(row), _decided(row.decided), points, card, cost_rules())
    return cost, risk.forecast([cost], card, seed=SEED)


def finish_work(work: UnitOfWork, migration_id: int, done: Actual, by: Identity) -> EffortCalibration | None:
    """Record finished work and return what an effort point takes by all of it (None with fewer than three).

    Raises BadInput for points or days that are not above zero, Conflict for a name recorded already.
    """
    risk.calibrate([done], seed=SEED)
    with work:
        row = FinishedWorkRow(
            migration_id=migration_id, name=done.name, points=done.points, days=done.days, author=by.name
        )
        work.choices.add(row)
        work.flush()
        text = f"Finished {done.name}: {done.days:g} days for {done.points:g} points"
        work.audit.record(by, "work.finished", migration_id=migration_id, subject=str(row.id), text=text)
        found = _calibration(work, migration_id)
        work.commit()
    return found


def finished(work: UnitOfWork, migration_id: int) -> tuple[Actual, ...]:
    """Return the finished work in the order it was recorded."""
    with work.reading():
        rows = work.choices.finished_work(migration_id)
    return tuple(Actual(name=row.name, points=row.points, days=row.days) for row in rows)


def calibration(work: UnitOfWork, migration_id: int) -> EffortCalibration | None:
    """Return what an effort point took in finished work, None with fewer than three pieces."""
    with work.reading():
        return _calibration(work, migration_id)


def _calibration(work: UnitOfWork, migration_id: int) -> EffortCalibration | None:
    rows = work.choices.finished_work(migration_id)
    return risk.calibrate([Actual(name=r.name, points=r.points, days=r.days) for r in rows], seed=SEED)


def _card(work: UnitOfWork, migration_id: int) -> RateCard | None:
    """Return the rate card, with the days an effort point took in place of those supplied where they are known."""
    row = work.choices.rate_card(migration_id)
    if row is None:
        return None
    card = RateCard.model_validate(row.card)
    learned = _calibration(work, migration_id)
    if learned is None:
        return card
    source = f"{learned.count} finished pieces of work"
    low, high = min(learned.low, learned.days_per_point), max(learned.high, learned.days_per_point)
    rate = Rate(item=_LEARNED, low=low, base=learned.days_per_point, high=high, source=source)
    return card.model_copy(update={"rates": {**card.rates, _LEARNED: rate}})


def _decided(strategy: str | None) -> Strategy | None:
    return Strategy(strategy) if strategy else None


def _missing(costs: list[ApplicationCost]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for cost in costs:
        for name in cost.unknown:
            counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        for cells in reader:
            said = {key: value or "" for key, value in cells.items() if isinstance(key, str)}
            if any(value.strip() for key, value in said.items() if key != "item"):
                yield reader.line_num, said
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput("The file is no CSV file in UTF-8.", hint="Fill in the template.") from error
