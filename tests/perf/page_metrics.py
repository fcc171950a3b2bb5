"""What a full rerun of each page costs the server, and what it sends: `python -m tests.perf.page_metrics --help`.

The figures of docs/benchmarks.md come from here. Every page is opened by its address over the WebSocket, as a
browser does, and rerun as after a click; nothing is cached on our side, so a payload is the most a browser gets.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from pages._pages import PAGES
from tests.harness.server import running_workbench
from tests.harness.stream import Run, visit
from tests.perf.portfolio import fill

COLUMNS = ("page", "first run ms", "rerun ms (median)", "rerun ms (95 %)", "round trip ms (median)", "payload KB")


@dataclass(frozen=True)
class PageFigures:
    """Figures of one page: milliseconds on the server, kilobytes (1,000 bytes) on the wire."""

    page: str
    first_ms: float
    median_ms: float
    p95_ms: float
    round_trip_ms: float
    payload_kb: float


def measure(url: str, page: str, query: str = "", reruns: int = 20) -> PageFigures:
    """Open `page` of the workbench at `url` and rerun it `reruns` times.

    Raises RuntimeError when the page shows an error instead of its content.
    """
    with visit(url, page, query) as opened:
        first = opened.run()
        runs = [opened.run() for _ in range(reruns)]
    if any(failed(run) for run in (first, *runs)):
        raise RuntimeError(f"The page {page!r} shows an error: {' / '.join(first.words[:5])}")
    times = sorted(run.server_ms for run in runs)
    return PageFigures(
        page=page,
        first_ms=round(first.server_ms, 1),
        median_ms=round(statistics.median(times), 1),
        p95_ms=round(times[round(0.95 * (len(times) - 1))], 1),
        round_trip_ms=round(statistics.median(run.round_trip_ms for run in runs), 1),
        payload_kb=round(max(run.payload for run in runs) / 1000, 1),
    )


def main(
    url: Annotated[str, typer.Option(help="A running workbench; without it one is started for the measurement.")] = "",
    pages: Annotated[str, typer.Option(help="Addresses of pages, separated by commas; without it all.")] = "",
    query: Annotated[str, typer.Option(help="What follows the ? of each address, such as migration=1.")] = "",
    assets: Annotated[int, typer.Option(help="Size of the made portfolio that our own workbench shows.")] = 0,
    reruns: Annotated[int, typer.Option(help="How often each page is run again.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")] = False,
) -> None:
    """Measure each page and write the figures to standard output."""
    wanted = pages.split(",") if pages else [entry.url_path for entry in PAGES]
    with _workbench(url, assets) as address:
        figures = [measure(address, page, query, reruns) for page in wanted]
    sys.stdout.write(json.dumps([asdict(row) for row in figures], indent=2) if as_json else table(figures))
    sys.stdout.write("\n")


def table(figures: list[PageFigures]) -> str:
    """Return `figures` as a Markdown table."""
    rows = [COLUMNS, ("---", *["---:"] * (len(COLUMNS) - 1)), *(tuple(asdict(row).values()) for row in figures)]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


@contextmanager
def _workbench(url: str, assets: int) -> Iterator[str]:
    """Give the address to measure; a workbench of our own lets the server measure itself and may show a portfolio."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        if assets:
            fill(Path(folder) / "var", assets)
        environment = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true", "EMBEDDED_WORKER": "true"}
        with running_workbench(Path(folder), environment) as workbench:
            yield workbench.url


def failed(run: Run) -> bool:
    """Tell whether a page showed an error instead of its content."""
    elements = [message.delta.new_element for message in run.messages if message.delta.HasField("new_element")]
    alerts = [element.alert for element in elements if element.WhichOneof("type") == "alert"]
    return any(alert.format == alert.ERROR for alert in alerts) or any(
        element.WhichOneof("type") == "exception" for element in elements
    )


if __name__ == "__main__":
    typer.run(main)
