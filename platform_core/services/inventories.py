"""The inventory as the analyst looks at it: pages, facets, completeness, findings, one asset's lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_core.domain.asset_decisions import Comparison, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import Field
from platform_core.domain.inventory import NO_VALUE, REFUSED, AssetFilter, AssetKind, IssueKind
from platform_core.domain.mapping import FileKind
from platform_core.inventory import Classifier, Names
from platform_core.reference import catalogue, shown_fields
from platform_core.services import origins
from platform_core.services.knowledge import vocabularies
from platform_core.services.origins import Origin
from platform_core.services.products_of_assets import ProductHere, products_of
from platform_core.services.snapshots import snapshot_of
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import AssetDecisionRow, AssetRow
from platform_core.store.plain_values import edits_from_json
from platform_core.store.repositories.asset_decisions import as_decision
from platform_core.store.snapshots.opening import ALL, Snapshot
from platform_core.store.snapshots.shape import FINDINGS, KEY, LISTS

DEFAULT_COLUMNS = (
    "application_name",
    "environment",
    "business_criticality",
    "os_name",
    "cpu_cores",
    "memory_gb",
    "storage_gb",
    "location",
)


FACETS = (
    "kind",
    "environment",
    "business_criticality",
    "application_name",
    "location",
    "support",
    "os_product",
    "database_product",
    "middleware",
    "technology",
    "software_vendor",
    "software_category",
    "os_name",
    FINDINGS,
)
"""What the inventory is narrowed down by, in the order of the screen."""

COMBINATIONS = 1_000
"""So many different sets of findings are told apart."""

FACET_VALUES = 40
"""So many values of a facet are offered, the most frequent ones; any other can be typed."""


class AssetPage(Frozen):
    """Some assets, a tuple each: key, kind, name, then the chosen fields; `total` counts all that pass the filter."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


class Facet(Frozen):
    """The frequent values of a field among the assets that pass the rest of the filter, most frequent first.

    `NO_VALUE` stands for those without one; `more` says that there are further values.
    """

    field: str
    values: tuple[tuple[str, int], ...]
    more: bool


class ValueLineage(Frozen):
    """A value of an asset and the cell it came from; where an analyst set it, what the imports say and who said why.

    `raw` is the cell's text as read, `rule` how the value came of it.
    """

    field: str
    label: str
    value: Any
    file_name: str
    column: str
    line: int
    raw: str = ""
    rule: str = ""
    built: Any = None
    set_by: str = ""


class Finding(Frozen):
    """One finding about a value or row, and where that stands."""

    kind: IssueKind
    field: str | None
    text: str
    raw: str
    file_name: str
    line: int
    asset_key: str | None


class AssetDetail(Frozen):
    """Everything known about one asset."""

    key: str
    kind: AssetKind
    name: str
    subject_key: str
    values: tuple[ValueLineage, ...]
    findings: tuple[Finding, ...]
    kind_evidence: str
    products: tuple[ProductHere, ...]


class FieldCompleteness(Frozen):
    """How many assets of a kind have a value in a field that planning needs."""

    kind: AssetKind
    field: str
    label: str
    filled: int
    total: int


def page(
    work: UnitOfWork, migration_id: int, wanted: AssetFilter, fields: Sequence[str], *, offset: int, limit: int
) -> AssetPage:
    """Return one page of assets in the filter's order; raises KeyError for an unknown field."""
    stored = [name for name in fields if name in catalogue()]
    told = [name for name in fields if name not in catalogue()]
    with work.reading():
        snapshot = snapshot_of(work, migration_id)
        ids = snapshot.page(wanted, offset=offset, limit=limit)
        rows = work.assets.rows(ids, stored)
        software = _software(snapshot, ids, told) if told else {}
        total = snapshot.total(wanted)
    nothing = [None] * len(told)
    cells = [dict(zip((*stored, *told), (*row[3:], *software.get(row[0], nothing)), strict=True)) for row in rows]
    shown = [(*row[:3], *(each[name] for name in fields)) for row, each in zip(rows, cells, strict=True)]
    return AssetPage(fields=tuple(shown_fields()[name] for name in fields), rows=tuple(shown), total=total)


def _software(snapshot: Snapshot, ids: Sequence[int], columns: Sequence[str]) -> dict[str, list[Any]]:
    """Return what is known of the software of assets, by key."""
    lists = [name in LISTS for name in columns]
    return {
        key: [tuple(cell.split("\n")) if cell and is_list else cell for is_list, cell in zip(lists, cells, strict=True)]
        for key, *cells in snapshot.cells(ids, [KEY, *columns])
    }


def keys(work: UnitOfWork, migration_id: int, wanted: AssetFilter) -> list[str]:
    """Return the keys of all assets that pass a filter."""
    with work.reading():
        return [key for (key,) in snapshot_of(work, migration_id).rows(["key"], wanted)]


def facet(work: UnitOfWork, migration_id: int, name: str, wanted: AssetFilter) -> Facet:
    """Return the values of one of `FACETS` to narrow the inventory down by, with their numbers under the others."""
    with work.reading():
        snapshot = snapshot_of(work, migration_id)
        if name == FINDINGS:
            return _findings_facet(snapshot.combinations(name, wanted, limit=COMBINATIONS))
        found = snapshot.facet(name, wanted, limit=FACET_VALUES + 1)
    values = tuple((NO_VALUE if value is None else str(value), number) for value, number in found[:FACET_VALUES])
    return Facet(field=name, values=values, more=len(found) > FACET_VALUES)


def _findings_facet(combinations: Iterable[tuple[str | None, int]]) -> Facet:
    """Return the number of assets by kind of finding; an asset with several counts for each."""
    counts: Counter[str] = Counter()
    for together, number in combinations:
        for kind in {entry.split(":")[0] for entry in (together or "").split("\n")}:
            counts[kind] += number
    return Facet(field=FINDINGS, values=tuple(counts.most_common()), more=False)


def kinds(work: UnitOfWork, migration_id: int) -> dict[AssetKind, int]:
    """Return the number of assets of each kind."""
    with work.reading():
        return snapshot_of(work, migration_id).kinds()


def completeness(work: UnitOfWork, migration_id: int) -> list[FieldCompleteness]:
    """Return, for each kind and each field that is critical for it, how many assets have a value."""
    with work.reading():
        filled = snapshot_of(work, migration_id).filled()
    return [
        FieldCompleteness(
            kind=AssetKind(kind),
            field=key,
            label=catalogue()[key].label,
            filled=_filled(AssetKind(kind), key, counts),
            total=counts[ALL],
        )
        for kind, counts in sorted(filled.items(), key=lambda item: -item[1][ALL])
        for key in catalogue().critical_for(kind)
    ]


def issue_groups(work: UnitOfWork, migration_id: int) -> list[tuple[IssueKind, str | None, int]]:
    """Return the findings grouped by (kind, field) with their number, most frequent first."""
    with work.reading():
        return [(IssueKind(kind), field, number) for kind, field, number in work.issues.counts(migration_id)]


def findings(work: UnitOfWork, migration_id: int, kind: IssueKind, field: str | None) -> list[Finding]:
    """Return the first hundred findings of one group."""
    with work.reading():
        names = work.imports.names(migration_id)
        return [_finding(row, names) for row in work.issues.of(migration_id, kind, field)]


def detail(work: UnitOfWork, migration_id: int, key: str, *, proved: bool = True) -> AssetDetail:
    """Return one asset with the file, column and line behind each value; raises NotFound.

    Unless it is to be `proved`, the texts and rules behind the values, the evidence of the kind and the products are
    left out.
    """
    with work.reading():
        row = work.assets.look(migration_id, key)
        names = work.imports.names(migration_id)
        found = [_finding(issue, names) for issue in work.issues.of_asset(migration_id, key)]
        lists = FileKind(work.imports.get(row.sources[0][0]).kind) if row.sources and proved else FileKind.OTHER
        edits = edits_from_json(row.edits) or {}
        last = {edited.by[-1] for edited in edits.values()}
        decided = work.asset_decisions.numbered(migration_id, last)
        said = {each.id: _said(each) for each in decided}
        cells = _cells(work, row, {key: edited.built for key, edited in edits.items()}, proved=proved)
        read = _read_by_rule(work, row, decided) if decided else {}
    values = []
    for field in catalogue():
        value, built, set_by = getattr(row, field.key, None), None, ""
        if field.key in edits:
            built, set_by = edits[field.key].built, said[edits[field.key].by[-1]]
        elif value is None:
            continue
        import_id, line = row.sources[row.origins.get(field.key, 0)] if row.sources else (0, 0)
        if field.key in read:
            (import_id, line), cells[field.key] = read[field.key]
        values.append(
            ValueLineage(
                field=field.key,
                label=field.label,
                value=value,
                file_name=names.get(import_id, "–"),
                column=cells[field.key].header if field.key in cells else "",
                line=line,
                raw=cells[field.key].text if field.key in cells else "",
                rule=cells[field.key].rule if field.key in cells else "",
                built=built,
                set_by=set_by,
            )
        )
    known = {value.field: value.value for value in values}
    return AssetDetail(
        key=row.key,
        kind=AssetKind(row.kind),
        name=row.name,
        subject_key=row.subject_key,
        values=tuple(values),
        findings=tuple(found),
        kind_evidence=_kind_evidence(AssetKind(row.kind), known, lists) if proved else "",
        products=products_of(AssetKind(row.kind), known, now().date()) if proved else (),
    )


def _cells(work: UnitOfWork, row: AssetRow, built: Mapping[str, Any], *, proved: bool) -> dict[str, Origin]:
    """Return the cell behind each value that the imports gave."""
    values = {name: getattr(row, name) for name in catalogue().keys if getattr(row, name, None) is not None}
    values |= built
    values = {name: value for name, value in values.items() if value is not None}
    places = {name: row.sources[row.origins.get(name, 0)] for name in values} if row.sources else {}
    return origins.origins(work, ((*place, name) for name, place in places.items()), values, proved=proved)


def _read_by_rule(
    work: UnitOfWork, row: AssetRow, decided: Sequence[AssetDecisionRow]
) -> dict[str, tuple[tuple[int, int], Origin]]:
    """Return for each field whose refused text a rule reads where that text stands, and why it needed the rule."""
    found: dict[str, tuple[tuple[int, int], Origin]] = {}
    refused = [issue for issue in work.issues.of_asset(row.migration_id, row.key) if issue.kind in REFUSED]
    for each in decided:
        rule = as_decision(each).content
        tests = rule.conditions if isinstance(rule, Rule) else ()
        texts = {(test.field, test.value) for test in tests if test.test is Comparison.REFUSED}
        for issue in refused:
            if issue.field is not None and (issue.field, issue.raw) in texts:
                origin = origins.refusal(work, issue.import_id, issue.line, issue.field)
                told = origin or Origin("", issue.raw, issue.text)
                read = f"{told.rule}; read so by a rule"
                found.setdefault(issue.field, ((issue.import_id, issue.line), Origin(told.header, told.text, read)))
    return found


def _kind_evidence(kind: AssetKind, values: dict[str, Any], lists: FileKind) -> str:
    """Return what shows that an asset is of its kind, "" where its values as they stand no longer show it.

    `lists` is what the rows of the first file that describes it are.
    """
    cells = {name: values.get(name) for name in Names._fields}
    judged = Classifier(lists, values, vocabularies()).judge(Names(**cells))
    return judged.evidence if judged.kind is kind else ""


def _said(row: AssetDecisionRow) -> str:
    """Return who decided, when and why: "set by Ana Example on 2026-11-27: told by the owner"."""
    why = row.reason or str(row.content.get("title", ""))
    return f"set by {row.author} on {row.at:%Y-%m-%d}" + (f": {why}" if why else "")


def _filled(kind: AssetKind, key: str, counts: dict[str, int]) -> int:
    identity = {"asset_name"} | ({"application_name"} if kind is AssetKind.APPLICATION else set())
    return counts[ALL if key in identity else key]


def _finding(row: Any, names: dict[int, str]) -> Finding:
    return Finding(
        kind=IssueKind(row.kind),
        field=row.field,
        text=row.text,
        raw=row.raw,
        file_name=names.get(row.import_id, "–"),
        line=row.line,
        asset_key=row.asset_key,
    )
