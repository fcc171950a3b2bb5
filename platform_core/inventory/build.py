"""The room's main door: mapped tables in, an inventory out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from platform_core.domain.base import Progress, silent
from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import Inventory, Part
from platform_core.domain.mapping import MappedTable
from platform_core.inventory.assets import OpenAssets
from platform_core.inventory.links import Links
from platform_core.inventory.rows import FileRows
from platform_core.inventory.survey import survey
from platform_core.inventory.vocabularies import Vocabularies

SURVEY_SHARE = 0.35
"""Share of the work that the first of the two walks takes."""


def build(
    tables: Sequence[MappedTable], catalogue: Catalogue, vocabularies: Vocabularies, *, progress: Progress = silent
) -> Inventory:
    """Turn mapped tables into assets and dependencies, each value with the row it came from.

    Values are typed by their field; what does not fit becomes a finding with its raw text and the field stays
    empty. Rows that describe the same asset are merged (the rules stand in `register` and `draft`): the lowest
    import id wins, later imports fill what is empty, disagreement is a finding. Applications that are only named
    by machines and databases become assets too. Always `rows_used` + `rows_skipped` = rows given.

    Assets and findings come in the order of their (first) row; nothing is raised on odd data. What `progress`
    raises (Cancelled) goes through.
    """
    whole, numbers = Inventory(), list[int]()
    for each in build_in_parts(tables, catalogue, vocabularies, progress=progress):
        part = each.spread()
        _join(whole, part.inventory)
        numbers += part.numbers
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    whole.assets = [whole.assets[at] for at in order]
    whole.issues.sort(key=lambda issue: (issue.import_id, issue.line))
    return whole


def build_in_parts(
    tables: Sequence[MappedTable], catalogue: Catalogue, vocabularies: Vocabularies, *, progress: Progress = silent
) -> Iterator[Part]:
    """Yield the same inventory in parts as it is completed, so that a million rows need not be in memory at once.

    Each asset, dependency and finding comes exactly once and the row counts add up; dependencies and applications
    without a row of their own come last. Memory holds only assets that wait for a row of a later file.
    """
    rows = sum(mapped.table.row_count for mapped in tables)
    found = survey(tables, catalogue, vocabularies, _advance(progress, 0.0, SURVEY_SHARE, rows, "Recognising assets"))
    advance = _advance(progress, SURVEY_SHARE, 1.0, rows, "Reading values")
    assets, links = OpenAssets(found, vocabularies), Links(vocabularies)
    for number, file in enumerate(found.files):
        yield from _file_parts(FileRows(number, file, found, catalogue, vocabularies), assets, links, advance)
    closing = Part(Inventory(dependencies=links.dependencies))
    assets.add_implied(closing)
    yield closing


def _file_parts(file: FileRows, assets: OpenAssets, links: Links, advance: Callable[[int], None]) -> Iterator[Part]:
    for batch in file.table.batches(file.positions):
        yield file.take(batch, assets, links)
        advance(len(batch.lines))


def _advance(progress: Progress, start: float, end: float, rows: int, text: str) -> Callable[[int], None]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(start + (end - start) * done / max(1, rows), text)

    return advance


def _join(whole: Inventory, part: Inventory) -> None:
    whole.assets += part.assets
    whole.dependencies += part.dependencies
    whole.issues += part.issues
    whole.rows_used += part.rows_used
    whole.rows_skipped += part.rows_skipped
