"""Figures for machines, in the OpenMetrics text format: requests and sockets of this process, work of the store.

Labels take few values, whoever sends what: kinds and states of ours, templates of routes, names of agents.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from platform_core.services.operations import BOUNDS, Totals

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; a page's own service calls take 5 to 100 ms."""

NO_ROUTE = "none"
"""The route of addresses without anything, so that guesses at addresses make no figure of their own."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestFigures:
    """What this process counts of itself; each API has its own registry."""

    def __init__(self, version: str) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        Info("workbench_build", "What runs here.", registry=self._registry).info({"version": version})
        ProcessCollector(registry=self._registry)
        labels = ("method", "route", "status")
        self._requests = Counter("workbench_api_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "workbench_api_request_seconds", "Time to answer.", ("route",), registry=self._registry, buckets=BUCKETS
        )
        self.opened = 0
        """WebSockets open now."""
        sockets = Gauge("workbench_api_sockets", "WebSockets open now.", registry=self._registry)
        sockets.set_function(lambda: self.opened)
        self._dropped = Counter(
            "workbench_api_sockets_closed", "WebSockets that were closed from here.", ("code",), registry=self._registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by its route's template, never by the address that was asked for."""
        route, method = route or NO_ROUTE, method if method in METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_dropped(self, code: int) -> None:
        """Count a socket that was closed from here."""
        self._dropped.labels(str(code)).inc()

    def text(self, totals: Totals) -> bytes:
        """Return the figures of this process and `totals`, which every process counts the same, as OpenMetrics text."""
        text: bytes = generate_latest(_Both(self._registry, totals))  # type: ignore[no-untyped-call]
        return text


class _Both(Collector):
    """What is counted here, and what is counted in rows when somebody asks."""

    def __init__(self, here: CollectorRegistry, totals: Totals) -> None:
        self._here, self._totals = here, totals

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        yield from self._here.collect()
        now = self._totals
        runs = GaugeMetricFamily("workbench_runs", "Runs kept, by kind and state.", labels=("kind", "status"))
        for kind, status, number in now.runs:
            runs.add_metric((kind, status), number)
        imports = GaugeMetricFamily("workbench_imports", "Imports kept, by state.", labels=("state",))
        for state, number in now.imports:
            imports.add_metric((state,), number)
        rows = GaugeMetricFamily("workbench_import_rows", "Rows of the imports kept.", labels=("outcome",))
        for outcome, number in now.rows.items():
            rows.add_metric((outcome,), number)
        yield from (runs, _durations(now), *_waiting(now), imports, rows, *_calls(now))
        yield GaugeMetricFamily("workbench_workers", "Workers that gave a sign of life.", value=now.workers)


def _durations(now: Totals) -> Metric:
    took = HistogramMetricFamily("workbench_run_seconds", "Time runs took to their end.", labels=("kind", "status"))
    for kind, status, within, number, seconds in now.durations:
        buckets = [(str(bound), count) for bound, count in zip(BOUNDS, within, strict=True)]
        took.add_metric((kind, status), [*buckets, ("+Inf", number)], seconds)
    return took


def _waiting(now: Totals) -> Iterator[Metric]:
    runs = GaugeMetricFamily("workbench_queue_runs", "Runs that wait for a worker.", labels=("lane",))
    longest = GaugeMetricFamily("workbench_queue_seconds", "How long the first of them has waited.", labels=("lane",))
    for lane, number, seconds in now.waiting:
        runs.add_metric((lane,), number)
        longest.add_metric((lane,), seconds)
    yield from (runs, longest)


def _calls(now: Totals) -> Iterator[Metric]:
    requests = CounterMetricFamily("workbench_model_calls", "Requests to models.", labels=("agent", "status"))
    tokens = CounterMetricFamily("workbench_model_tokens", "Tokens of models.", labels=("agent", "direction"))
    cost = CounterMetricFamily("workbench_model_cost", "Cost in the currency of the settings.", labels=("agent",))
    took = CounterMetricFamily("workbench_model_seconds", "Time spent on requests.", labels=("agent", "status"))
    spent: dict[str, list[float]] = {}
    for agent, status, number, read, written, price, seconds in now.calls:
        requests.add_metric((agent, status), number)
        took.add_metric((agent, status), seconds)
        sums = spent.setdefault(agent, [0, 0, 0.0])
        spent[agent] = [sums[0] + read, sums[1] + written, sums[2] + price]
    for agent, (read_all, written_all, price_all) in spent.items():
        tokens.add_metric((agent, "read"), read_all)
        tokens.add_metric((agent, "written"), written_all)
        cost.add_metric((agent,), price_all)
    yield from (requests, took, tokens, cost)
